// Adam (Kingma & Ba 2015, Keras's form) over all weights in one launch:
// m += (g − m)(1 − β₁), v += (g² − v)(1 − β₂), w −= α·m / (√v + ε); α has the bias corrections (lib/adam_rate.wgsl).
// AMSGrad (Reddi et al. 2018) divides by the root of the largest v so far.

import package::lib::averages::{moveAverage, moveAverageAlone};
import package::lib::adam_rate::rate;
import package::lib::index::elementIndex;
import package::lib::loss_scale::unscaling;

override AMSGRAD: u32 = 0u;

// The shares are 1 − β₁ and 1 − β₂; a subtraction in f32 would lose three of seven digits.
struct Params { size: u32, firstShare: f32, secondShare: f32, epsilon: f32 }
@group(0) @binding(0) var<storage, read> gradients: array<f32>;
@group(0) @binding(1) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(2) var<storage, read_write> m: array<f32>;
@group(0) @binding(3) var<storage, read_write> v: array<f32>;
@group(0) @binding(4) var<storage, read_write> largest: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn adam(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  let unscale = unscaling();
  if (i >= params.size || unscale == 0.0) {
    @if(averaged) moveAverageAlone(i);
    return;
  }
  let g = unscale * gradients[i];
  let first = m[i] + (g - m[i]) * params.firstShare;
  var second = v[i] + (g * g - v[i]) * params.secondShare;
  m[i] = first;
  v[i] = second;
  if (AMSGRAD == 1u) {
    second = max(largest[i], second);
    largest[i] = second;
  }
  parameters[i] -= rate() * first / (sqrt(second) + params.epsilon);
  @if(averaged) moveAverage(i);
}
