// dTable = for each row the sum of dy at the positions of its id, in their order. `order` has the positions sorted by id; a thread
// owns a column of a row, that of the first position of its id. Other rows are zero already (embedding_clear.wgsl).

import package::lib::ids::idOf;
import package::lib::index::elementIndex;

struct Params { size: u32, count: u32, columns: u32, rows: u32, isFloat: u32 }
@group(0) @binding(0) var<storage, read> ids: array<u32>;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> dTable: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

fn idAt(place: u32) -> i32 { return idOf(ids[order[place]], params.isFloat); }

@compute @workgroup_size(64)
fn embeddingGradient(@builtin(global_invocation_id) thread: vec3u) {
  let i = elementIndex(thread);
  if (i >= params.count * params.columns) { return; }
  let first = i / params.columns;
  let column = i % params.columns;
  let id = idAt(first);
  if (id < 0 || u32(id) >= params.rows) { return; }
  if (first > 0u && idAt(first - 1u) == id) { return; }
  var sum = 0.0;
  for (var place = first; place < params.count; place++) {
    if (idAt(place) != id) { break; }
    sum += dy[order[place] * params.columns + column];
  }
  dTable[u32(id) * params.columns + column] = sum;
}
