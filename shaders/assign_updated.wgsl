// destination = x, in place, unless loss scaling skips the update: what a constraint makes of a weight.

import package::lib::index::elementIndex;
import package::lib::loss_scale::unscaling;

struct Params { size: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> destination: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn assignUpdated(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size || unscaling() == 0.0) { return; }
  destination[i] = x[i];
}
