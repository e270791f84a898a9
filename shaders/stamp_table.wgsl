// Notes in `history` (lib/lag.wgsl) that all rows of a table have seen all updates.

import package::lib::index::elementIndex;
import package::lib::lag::HEAD;

struct Params { rows: u32, rates: u32 }
@group(0) @binding(0) var<storage, read_write> history: array<u32>;
@group(0) @binding(1) var<uniform> params: Params;

@compute @workgroup_size(64)
fn stampTable(@builtin(global_invocation_id) thread: vec3u) {
  let row = elementIndex(thread);
  if (row < params.rows) { history[HEAD + params.rates + row] = history[0]; }
}
