// y = integers as floats, which are exact up to 2²⁴.

import package::lib::index::elementIndex;

struct Params { size: u32 }
@group(0) @binding(0) var<storage, read> ids: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn toFloat(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  y[i] = f32(bitcast<i32>(ids[i]));
}
