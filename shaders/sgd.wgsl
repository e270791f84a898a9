// Gradient descent over all weights in one launch: w −= rate·g.

import package::lib::step::step;
import package::lib::index::elementIndex;
import package::lib::loss_scale::unscaling;

struct Params { size: u32 }
@group(0) @binding(0) var<storage, read> gradients: array<f32>;
@group(0) @binding(1) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn sgd(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  let unscale = unscaling();
  if (i >= params.size || unscale == 0.0) { return; }
  parameters[i] -= step.rate * unscale * gradients[i];
}
