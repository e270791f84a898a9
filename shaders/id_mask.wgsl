// y = 1 where an id is not 0, and 0 where it is. Ids are integers, or floats.

import package::lib::index::elementIndex;

struct Params { size: u32, isFloat: u32 }
@group(0) @binding(0) var<storage, read> ids: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn idMask(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  // A float may be −0.
  let word = select(ids[i], ids[i] & 0x7fffffffu, params.isFloat == 1u);
  y[i] = select(1.0, 0.0, word == 0u);
}
