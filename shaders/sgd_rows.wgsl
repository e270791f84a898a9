// Gradient descent over the rows of a table that ids name: w −= rate·g, where g is a sum of `sums` (embedding_sums.wgsl). Other rows
// have no gradient and stay.

import package::lib::id_runs::rowFrom;
import package::lib::id_sums::sumFrom;
import package::lib::index::elementIndex;
import package::lib::loss_scale::{rateOfStep, unscaling};

struct Params { count: u32, columns: u32, rows: u32, isFloat: u32 }
@group(0) @binding(0) var<storage, read> ids: array<u32>;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read> sums: array<f32>;
@group(0) @binding(3) var<storage, read_write> table: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn sgdRows(@builtin(global_invocation_id) thread: vec3u) {
  let i = elementIndex(thread);
  let unscale = unscaling();
  if (i >= params.count * params.columns || unscale == 0.0) { return; }
  let place = i / params.columns;
  let column = i % params.columns;
  let row = rowFrom(place);
  if (row < params.rows) {
    table[row * params.columns + column] -= rateOfStep() * (unscale * sumFrom(place, column));
  }
}
