// Adam over the rows of a table that ids name, as adam.wgsl has it for all weights: the rows catch up (lib/adam_lag.wgsl), and take the
// gradient, a sum of `sums` (embedding_sums.wgsl). Other rows lag behind by one update more. That these rows do not, stamp_rows.wgsl
// notes after this launch.

import package::lib::adam_lag::{Adam, caughtUp};
import package::lib::adam_rate::rate;
import package::lib::id_runs::rowFrom;
import package::lib::id_sums::sumFrom;
import package::lib::index::elementIndex;
import package::lib::lag::HEAD;
import package::lib::loss_scale::unscaling;

struct Params {
  count: u32, columns: u32, rows: u32, isFloat: u32,
  firstShare: f32, secondShare: f32,
  epsilon: f32, logFirst: f32, logSecond: f32, ratio: f32, stretch: f32, span: u32, most: u32, rates: u32,
}
@group(0) @binding(0) var<storage, read> ids: array<u32>;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read> sums: array<f32>;
@group(0) @binding(3) var<storage, read_write> table: array<f32>;
@group(0) @binding(4) var<storage, read_write> m: array<f32>;
@group(0) @binding(5) var<storage, read_write> v: array<f32>;
@group(0) @binding(6) var<storage, read_write> history: array<u32>;
@group(0) @binding(7) var<uniform> params: Params;

@compute @workgroup_size(64)
fn adamRows(@builtin(global_invocation_id) thread: vec3u) {
  let i = elementIndex(thread);
  let unscale = unscaling();
  if (i >= params.count * params.columns || unscale == 0.0) { return; }
  if (i == 0u) {
    history[1] = history[0];
    history[HEAD + (history[0] + 1u) % params.rates] = bitcast<u32>(rate());
  }
  let place = i / params.columns;
  let row = rowFrom(place);
  if (row == params.rows) { return; }
  let at = row * params.columns + i % params.columns;
  let now = caughtUp(row, Adam(table[at], m[at], v[at]));
  let g = unscale * sumFrom(place, i % params.columns);
  let first = now.m + (g - now.m) * params.firstShare;
  let second = now.v + (g * g - now.v) * params.secondShare;
  m[at] = first;
  v[at] = second;
  table[at] = now.w - rate() * first / (sqrt(second) + params.epsilon);
}
