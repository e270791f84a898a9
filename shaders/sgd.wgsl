// Gradient descent over all weights in one launch: w −= rate·g; with momentum v = µ·v − rate·g, w += v, or with Nesterov
// w += µ·v − rate·g.

import package::lib::averages::{moveAverage, moveAverageAlone};
import package::lib::index::elementIndex;
import package::lib::loss_scale::{rateOfStep, unscaling};

override MOMENTUM: u32 = 0u;

struct Params { size: u32, momentum: f32, nesterov: u32 }
@group(0) @binding(0) var<storage, read> gradients: array<f32>;
@group(0) @binding(1) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(2) var<storage, read_write> velocity: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn sgd(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  let unscale = unscaling();
  if (i >= params.size || unscale == 0.0) {
    @if(averaged) moveAverageAlone(i);
    return;
  }
  var change = -rateOfStep() * (unscale * gradients[i]);
  if (MOMENTUM == 1u) {
    let v = params.momentum * velocity[i] + change;
    velocity[i] = v;
    if (params.nesterov == 1u) { change += params.momentum * v; } else { change = v; }
  }
  parameters[i] += change;
  @if(averaged) moveAverage(i);
}
