// y = softmax(x) over the last axis, or its logarithm: x, y [rows, columns]. A workgroup owns a row.

import package::lib::index::workgroupIndex;
import package::lib::row_sums::THREADS;
import package::lib::softmax_workgroup::softmaxTogether;

struct Params { size: u32, columns: u32, logarithm: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

fn entryOf(row: u32, j: u32) -> f32 { return x[row * params.columns + j]; }
fn put(row: u32, j: u32, value: f32) { y[row * params.columns + j] = value; }
fn shareOf(largest: f32) -> f32 { return 1.0; }

@compute @workgroup_size(THREADS)
fn softmaxWorkgroup(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  softmaxTogether(workgroupIndex(workgroup), params.columns, params.logarithm == 1u, thread);
}
