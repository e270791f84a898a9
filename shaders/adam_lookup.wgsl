// y [count, columns] = the rows of a table that ids name, as embedding.wgsl gives them, of a table whose rows lag behind Adam's
// updates (lib/adam_lag.wgsl): they are read as they are after all updates, and stay.

import package::lib::adam_lag::{Adam, caughtUp};
import package::lib::ids::idOf;
import package::lib::index::elementIndex;

struct Params {
  size: u32, columns: u32, rows: u32, isFloat: u32,
  epsilon: f32, logFirst: f32, logSecond: f32, ratio: f32, stretch: f32, span: u32, most: u32, rates: u32,
}
@group(0) @binding(0) var<storage, read> ids: array<u32>;
@group(0) @binding(1) var<storage, read> table: array<f32>;
@group(0) @binding(2) var<storage, read> m: array<f32>;
@group(0) @binding(3) var<storage, read> v: array<f32>;
@group(0) @binding(4) var<storage, read> history: array<u32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

@compute @workgroup_size(64)
fn adamLookup(@builtin(global_invocation_id) thread: vec3u) {
  let i = elementIndex(thread);
  if (i >= params.size) { return; }
  let id = idOf(ids[i / params.columns], params.isFloat);
  var value = 0.0;
  if (id >= 0 && u32(id) < params.rows) {
    let at = u32(id) * params.columns + i % params.columns;
    value = caughtUp(u32(id), Adam(table[at], m[at], v[at])).w;
  }
  y[i] = value;
}
