// y = softmax of an attention's scores (lib/scores.wgsl) over the keys. A thread owns a row.

import package::lib::index::elementIndex;
import package::lib::scores::{params, scoreOf, sumOf, y};
import package::lib::softmax_rows::softmaxOfRow;

fn entryOf(row: u32, j: u32) -> f32 { return scoreOf(row, j); }
fn put(row: u32, j: u32, value: f32) { y[row * params.columns + j] = value; }
fn storedAt(row: u32, j: u32) -> f32 { return y[row * params.columns + j]; }
fn shareOf(largest: f32) -> f32 { return sumOf(largest); }

@compute @workgroup_size(64)
fn maskedSoftmax(@builtin(global_invocation_id) id: vec3u) {
  let row = elementIndex(id);
  if (row < params.size) { softmaxOfRow(row, params.columns, false); }
}
