// What softmax_gradient.wgsl computes; a workgroup owns a row.

import package::lib::index::workgroupIndex;
import package::lib::nan::orNan;
import package::lib::row_sums::{THREADS, totalOf};

struct Params { size: u32, columns: u32, logarithm: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(THREADS)
fn softmaxGradientWorkgroup(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let first = workgroupIndex(workgroup) * params.columns;
  let end = first + params.columns;
  let logarithm = params.logarithm == 1u;
  var sum = 0.0;
  for (var j = first + thread; j < end; j += THREADS) { sum += select(y[j] * dy[j], dy[j], logarithm); }
  let total = totalOf(thread, sum);
  for (var j = first + thread; j < end; j += THREADS) {
    dx[j] = params.scale * select(y[j] * (dy[j] - total), dy[j] - orNan(exp(y[j]), y[j]) * total, logarithm);
  }
}
