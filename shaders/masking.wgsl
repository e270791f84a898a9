// mask [rows] = 1 where some number of a row of x [rows, columns] is not `value`, else 0; y = x where it is 1, else 0. A thread owns a
// row.

import package::lib::index::elementIndex;

struct Params { rows: u32, columns: u32, value: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<storage, read_write> mask: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn masking(@builtin(global_invocation_id) id: vec3u) {
  let row = elementIndex(id);
  if (row >= params.rows) { return; }
  let first = row * params.columns;
  var valid = false;
  for (var j = first; j < first + params.columns; j++) { valid = valid || x[j] != params.value; }
  for (var j = first; j < first + params.columns; j++) { y[j] = select(0.0, x[j], valid); }
  mask[row] = select(0.0, 1.0, valid);
}
