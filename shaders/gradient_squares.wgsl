// The sum of squares of each chunk of a weight's gradient, as the update is to have it: summed up over steps, without the loss's scale.

import package::lib::chunks::{average, chunkOf, isLast};
import package::lib::index::workgroupIndex;

// `count` chunks; `unit` is the unit of their offsets; gradients are multiplied by `factor`, and those of `steps` steps are averaged.
struct Params { count: u32, unit: u32, steps: u32, factor: f32 }
@group(0) @binding(0) var<storage, read> chunks: array<f32>;
@group(0) @binding(1) var<storage, read> gradients: array<f32>;
@group(0) @binding(2) var<storage, read> accumulated: array<f32>;
@group(0) @binding(3) var<storage, read_write> squares: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

var<workgroup> sums: array<f32, 64>;

@compute @workgroup_size(64)
fn gradientSquares(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let w = workgroupIndex(workgroup);
  if (w >= params.count || !isLast()) { return; }
  let chunk = chunkOf(w);
  var sum = 0.0;
  for (var i = chunk.offset + thread; i < chunk.end; i += 64u) {
    let g = average(i);
    sum += g * g;
  }
  // Memory of a workgroup is written behind a barrier, as in all kernels.
  workgroupBarrier();
  sums[thread] = sum;
  for (var half = 32u; half > 0u; half >>= 1u) {
    workgroupBarrier();
    if (thread < half) { sums[thread] += sums[thread + half]; }
  }
  if (thread == 0u) { squares[w] = sums[0]; }
}
