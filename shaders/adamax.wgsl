// Adamax (Kingma & Ba 2015, Keras's form) over all weights in one launch: m += (g − m)(1 − β₁), u = max(β₂·u, |g|),
// w −= α·m / (u + ε); α = rate / (1 − β₁ᵗ).

import package::lib::averages::{moveAverage, moveAverageAlone};
import package::lib::index::elementIndex;
import package::lib::loss_scale::{SCALED, rateOfStep, unscaling};
import package::lib::nan::exceeds;
import package::lib::updates::shareAfterUpdates;

struct Params { size: u32, firstShare: f32, beta2: f32, epsilon: f32 }
@group(0) @binding(0) var<storage, read> gradients: array<f32>;
@group(0) @binding(1) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(2) var<storage, read_write> m: array<f32>;
@group(0) @binding(3) var<storage, read_write> norm: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn adamax(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  let unscale = unscaling();
  if (i >= params.size || unscale == 0.0) {
    @if(averaged) moveAverageAlone(i);
    return;
  }
  let g = unscale * gradients[i];
  let first = m[i] + (g - m[i]) * params.firstShare;
  let faded = params.beta2 * norm[i];
  let largest = select(faded, abs(g), exceeds(abs(g), faded));
  m[i] = first;
  norm[i] = largest;
  var rate = rateOfStep();
  if (SCALED == 1u) { rate /= shareAfterUpdates(params.firstShare); }
  parameters[i] -= rate * first / (largest + params.epsilon);
  @if(averaged) moveAverage(i);
}
