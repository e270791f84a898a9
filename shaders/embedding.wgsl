// y [count, columns] = the rows of a table that ids name; zeros for an id that has none. Ids are integers, or floats that are to be
// whole (lib/ids.wgsl).

import package::lib::ids::idOf;
import package::lib::index::elementIndex;

struct Params { size: u32, columns: u32, rows: u32, isFloat: u32 }
@group(0) @binding(0) var<storage, read> ids: array<u32>;
@group(0) @binding(1) var<storage, read> table: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn embedding(@builtin(global_invocation_id) thread: vec3u) {
  let i = elementIndex(thread);
  if (i >= params.size) { return; }
  let id = idOf(ids[i / params.columns], params.isFloat);
  var value = 0.0;
  if (id >= 0 && u32(id) < params.rows) { value = table[u32(id) * params.columns + i % params.columns]; }
  y[i] = value;
}
