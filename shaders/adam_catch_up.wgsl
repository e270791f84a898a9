// All rows of a table catch up with Adam's updates (lib/adam_lag.wgsl). stamp_table.wgsl notes after this launch that they did.

import package::lib::adam_lag::{Adam, caughtUp};
import package::lib::index::elementIndex;
import package::lib::lag::seenBy;

struct Params {
  size: u32, columns: u32, rows: u32,
  epsilon: f32, logFirst: f32, logSecond: f32, ratio: f32, stretch: f32, span: u32, most: u32, rates: u32,
}
@group(0) @binding(0) var<storage, read_write> table: array<f32>;
@group(0) @binding(1) var<storage, read_write> m: array<f32>;
@group(0) @binding(2) var<storage, read_write> v: array<f32>;
@group(0) @binding(3) var<storage, read_write> history: array<u32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn adamCatchUp(@builtin(global_invocation_id) thread: vec3u) {
  let i = elementIndex(thread);
  if (i >= params.size) { return; }
  let row = i / params.columns;
  if (seenBy(row) == history[0]) { return; }
  let now = caughtUp(row, Adam(table[i], m[i], v[i]));
  table[i] = now.w;
  m[i] = now.m;
  v[i] = now.v;
}
