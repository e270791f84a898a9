// dTable = for each row the sum of dy at the positions of its id; `sums` has the sums by id (embedding_sums.wgsl). A thread owns a
// column of a row, that of the first position of its id. Other rows are zero already (embedding_clear.wgsl).

import package::lib::id_runs::rowFrom;
import package::lib::id_sums::sumFrom;
import package::lib::index::elementIndex;

struct Params { size: u32, count: u32, columns: u32, rows: u32, isFloat: u32 }
@group(0) @binding(0) var<storage, read> ids: array<u32>;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read> sums: array<f32>;
@group(0) @binding(3) var<storage, read_write> dTable: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn embeddingGradient(@builtin(global_invocation_id) thread: vec3u) {
  let i = elementIndex(thread);
  if (i >= params.count * params.columns) { return; }
  let place = i / params.columns;
  let column = i % params.columns;
  let row = rowFrom(place);
  if (row < params.rows) { dTable[row * params.columns + column] = sumFrom(place, column); }
}
