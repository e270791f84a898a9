// y = softmax(x) over the last axis, or its logarithm: x, y [rows, columns]. A thread owns a row.

import package::lib::index::elementIndex;
import package::lib::softmax_rows::softmaxOfRow;

struct Params { size: u32, columns: u32, logarithm: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

fn entryOf(row: u32, j: u32) -> f32 { return x[row * params.columns + j]; }
fn put(row: u32, j: u32, value: f32) { y[row * params.columns + j] = value; }
fn storedAt(row: u32, j: u32) -> f32 { return y[row * params.columns + j]; }
fn shareOf(largest: f32) -> f32 { return 1.0; }

@compute @workgroup_size(64)
fn softmax(@builtin(global_invocation_id) id: vec3u) {
  let row = elementIndex(id);
  if (row < params.size) { softmaxOfRow(row, params.columns, params.logarithm == 1u); }
}
