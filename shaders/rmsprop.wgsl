// RMSprop (Hinton 2012, Keras's form) over all weights in one launch: v += (g² − v)(1 − ρ), w −= rate·g / √(v + ε). Centered,
// a += (g − a)(1 − ρ) and the root is of v − a² + ε; with momentum, s = µ·s + the step, and w −= s.

import package::lib::averages::{moveAverage, moveAverageAlone};
import package::lib::index::elementIndex;
import package::lib::loss_scale::{rateOfStep, unscaling};

override CENTERED: u32 = 0u;
override MOMENTUM: u32 = 0u;

struct Params { size: u32, share: f32, momentum: f32, epsilon: f32 }
@group(0) @binding(0) var<storage, read> gradients: array<f32>;
@group(0) @binding(1) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(2) var<storage, read_write> velocity: array<f32>;
@group(0) @binding(3) var<storage, read_write> sum: array<f32>;
@group(0) @binding(4) var<storage, read_write> average: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn rmsprop(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  let unscale = unscaling();
  if (i >= params.size || unscale == 0.0) {
    @if(averaged) moveAverageAlone(i);
    return;
  }
  let g = unscale * gradients[i];
  let v = velocity[i] + (g * g - velocity[i]) * params.share;
  velocity[i] = v;
  var variance = v;
  if (CENTERED == 1u) {
    let a = average[i] + (g - average[i]) * params.share;
    average[i] = a;
    // Rounding may take the difference below zero; NaN stays.
    variance = select(v - a * a, 0.0, v - a * a < 0.0);
  }
  var change = rateOfStep() * g / sqrt(variance + params.epsilon);
  if (MOMENTUM == 1u) {
    change += params.momentum * sum[i];
    sum[i] = change;
  }
  parameters[i] -= change;
  @if(averaged) moveAverage(i);
}
