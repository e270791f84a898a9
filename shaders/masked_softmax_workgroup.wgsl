// y = softmax of an attention's scores (lib/scores.wgsl) over the keys. A workgroup owns a row.

import package::lib::index::workgroupIndex;
import package::lib::row_sums::THREADS;
import package::lib::scores::{params, scoreOf, sumOf, y};
import package::lib::softmax_workgroup::softmaxTogether;

fn entryOf(row: u32, j: u32) -> f32 { return scoreOf(row, j); }
fn put(row: u32, j: u32, value: f32) { y[row * params.columns + j] = value; }
fn shareOf(largest: f32) -> f32 { return sumOf(largest); }

@compute @workgroup_size(THREADS)
fn maskedSoftmaxWorkgroup(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  softmaxTogether(workgroupIndex(workgroup), params.columns, false, thread);
}
