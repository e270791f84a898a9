// FTRL-Proximal (McMahan et al. 2013, Keras's form) over all weights in one launch, with p = −(the power of the rate):
// n' = n + g², z += g + 2·shrinkage·w − (n'ᵖ − nᵖ)/rate·w, w = (clamp(z, ±λ₁) − z) / (n'ᵖ/rate + 2·λ₂ + β/rate).

import package::lib::averages::{moveAverage, moveAverageAlone};
import package::lib::index::elementIndex;
import package::lib::loss_scale::{rateOfStep, unscaling};

struct Params { size: u32, power: f32, l1: f32, l2: f32, shrinkage: f32, beta: f32 }
@group(0) @binding(0) var<storage, read> gradients: array<f32>;
@group(0) @binding(1) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(2) var<storage, read_write> accumulator: array<f32>;
@group(0) @binding(3) var<storage, read_write> linear: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

// xᵖ of what is not negative; the common root is exact.
fn raised(x: f32) -> f32 {
  if (params.power == 0.5) { return sqrt(x); }
  if (params.power == 0.0) { return 1.0; }
  return pow(x, params.power);
}

@compute @workgroup_size(64)
fn ftrl(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  let unscale = unscaling();
  if (i >= params.size || unscale == 0.0) {
    @if(averaged) moveAverageAlone(i);
    return;
  }
  let g = unscale * gradients[i];
  let w = parameters[i];
  let sum = accumulator[i] + g * g;
  let after = raised(sum);
  let z = linear[i] + g + 2.0 * params.shrinkage * w - (after - raised(accumulator[i])) / rateOfStep() * w;
  accumulator[i] = sum;
  linear[i] = z;
  parameters[i] = (clamp(z, -params.l1, params.l1) - z) / (after / rateOfStep() + 2.0 * params.l2 + params.beta / rateOfStep());
  @if(averaged) moveAverage(i);
}
