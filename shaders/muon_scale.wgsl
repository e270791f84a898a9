// Directions of Muon by their norms, so that no singular value is above 1: y = x / (|x| + 1e-7) of each matrix.

import package::lib::index::workgroupIndex;
import package::lib::muon::chunkOf;

struct Params { count: u32 }
@group(0) @binding(0) var<storage, read> chunks: array<f32>;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> squares: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

var<workgroup> sums: array<f32, 64>;

@compute @workgroup_size(64)
fn muonScale(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let w = workgroupIndex(workgroup);
  if (w >= params.count) { return; }
  let chunk = chunkOf(w);
  var sum = 0.0;
  for (var i = thread; i < chunk.count; i += 64u) { sum += squares[chunk.first + i]; }
  // Memory of a workgroup is written behind a barrier, as in all kernels.
  workgroupBarrier();
  sums[thread] = sum;
  for (var half = 32u; half > 0u; half >>= 1u) {
    workgroupBarrier();
    if (thread < half) { sums[thread] += sums[thread + half]; }
  }
  workgroupBarrier();
  let norm = sqrt(sums[0]) + 1e-7;
  for (var j = thread; j < chunk.length; j += 64u) { y[chunk.place + j] = x[chunk.place + j] / norm; }
}
