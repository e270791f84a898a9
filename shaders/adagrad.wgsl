// Adagrad (Duchi et al. 2011, Keras's form) over all weights in one launch: s += g², w −= rate·g / √(s + ε).

import package::lib::averages::{moveAverage, moveAverageAlone};
import package::lib::index::elementIndex;
import package::lib::loss_scale::{rateOfStep, unscaling};

struct Params { size: u32, epsilon: f32 }
@group(0) @binding(0) var<storage, read> gradients: array<f32>;
@group(0) @binding(1) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(2) var<storage, read_write> accumulator: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn adagrad(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  let unscale = unscaling();
  if (i >= params.size || unscale == 0.0) {
    @if(averaged) moveAverageAlone(i);
    return;
  }
  let g = unscale * gradients[i];
  let sum = accumulator[i] + g * g;
  accumulator[i] = sum;
  parameters[i] -= rateOfStep() * g / sqrt(sum + params.epsilon);
  @if(averaged) moveAverage(i);
}
