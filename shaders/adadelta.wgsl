// Adadelta (Zeiler 2012, Keras's form) over all weights in one launch: s += (g² − s)(1 − ρ), d = √(t + ε)·g / √(s + ε),
// t += (d² − t)(1 − ρ), w −= rate·d.

import package::lib::averages::{moveAverage, moveAverageAlone};
import package::lib::index::elementIndex;
import package::lib::loss_scale::{rateOfStep, unscaling};

struct Params { size: u32, share: f32, epsilon: f32 }
@group(0) @binding(0) var<storage, read> gradients: array<f32>;
@group(0) @binding(1) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(2) var<storage, read_write> squares: array<f32>;
@group(0) @binding(3) var<storage, read_write> changes: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn adadelta(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  let unscale = unscaling();
  if (i >= params.size || unscale == 0.0) {
    @if(averaged) moveAverageAlone(i);
    return;
  }
  let g = unscale * gradients[i];
  let s = squares[i] + (g * g - squares[i]) * params.share;
  let t = changes[i];
  let change = sqrt(t + params.epsilon) * g / sqrt(s + params.epsilon);
  squares[i] = s;
  changes[i] = t + (change * change - t) * params.share;
  parameters[i] -= rateOfStep() * change;
  @if(averaged) moveAverage(i);
}
