// Notes in `history` (lib/lag.wgsl) that an update was made, which the rows that ids name have seen: its last launch.

import package::lib::id_runs::rowFrom;
import package::lib::index::elementIndex;
import package::lib::lag::HEAD;
import package::lib::loss_scale::unscaling;

struct Params { count: u32, rows: u32, isFloat: u32, rates: u32 }
@group(0) @binding(0) var<storage, read> ids: array<u32>;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read_write> history: array<u32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn stampRows(@builtin(global_invocation_id) thread: vec3u) {
  let place = elementIndex(thread);
  if (place >= params.count || unscaling() == 0.0) { return; }
  let updates = history[1] + 1u;
  if (place == 0u) { history[0] = updates; }
  let row = rowFrom(place);
  if (row < params.rows) { history[HEAD + params.rates + row] = updates; }
}
