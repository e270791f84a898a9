// The moving average of all weights after an update (Keras's useEma): a = µ·a + (1 − µ)·w, from a = w in the first step on; every
// `frequency` updates the weights are overwritten by it.

import package::lib::index::elementIndex;
import package::lib::loss_scale::{SCALED, scaling, unscaling};
import package::lib::step::step;

// `share` is 1 − µ; `steps` are those of one update; `frequency` is 0 where nothing is overwritten.
struct Params { size: u32, share: f32, steps: u32, frequency: u32 }
@group(0) @binding(0) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(1) var<storage, read_write> averages: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn averageWeights(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size || unscaling() == 0.0) { return; }
  var done = step.iteration;
  if (SCALED == 1u) { done = u32(scaling[2]); }
  let updates = (done - 1u) / params.steps;
  let w = parameters[i];
  var a = w;
  if (updates > 0u) { a = averages[i] + (w - averages[i]) * params.share; }
  averages[i] = a;
  if (params.frequency > 0u && (updates + 1u) % params.frequency == 0u) { parameters[i] = a; }
}
