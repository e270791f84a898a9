// The first launch of Muon (Jordan et al. 2024, Keras's form). Of matrices m = µ·m + g, and the direction g + µ·m with Nesterov, else m,
// and of each chunk the sum of its squares. The other weights are updated by Adam; their chunks stand behind those of matrices.

import package::lib::index::workgroupIndex;
import package::lib::loss_scale::{SCALED, rateOfStep, unscaling};
import package::lib::muon::chunkOf;
import package::lib::step::step;
import package::lib::updates::shareAfterUpdates;

// `matrices` of the `count` chunks are of matrices; `ratio` is that of Adam's rate to Muon's.
struct Params {
  count: u32, matrices: u32, momentum: f32, nesterov: u32, firstShare: f32, secondShare: f32, epsilon: f32, ratio: f32
}
@group(0) @binding(0) var<storage, read> chunks: array<f32>;
@group(0) @binding(1) var<storage, read> gradients: array<f32>;
@group(0) @binding(2) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(3) var<storage, read_write> m: array<f32>;
@group(0) @binding(4) var<storage, read_write> v: array<f32>;
@group(0) @binding(5) var<storage, read_write> directions: array<f32>;
@group(0) @binding(6) var<storage, read_write> squares: array<f32>;
@group(0) @binding(7) var<uniform> params: Params;

var<workgroup> sums: array<f32, 64>;

// Adam's rate with its bias corrections.
fn adamRate() -> f32 {
  if (SCALED == 0u) { return step.first; }
  let root = sqrt(shareAfterUpdates(params.secondShare));
  return params.ratio * rateOfStep() * root / shareAfterUpdates(params.firstShare);
}

@compute @workgroup_size(64)
fn muonMoments(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let w = workgroupIndex(workgroup);
  if (w >= params.count || unscaling() == 0.0) { return; }
  let chunk = chunkOf(w);
  if (w >= params.matrices) {
    for (var j = thread; j < chunk.length; j += 64u) {
      let i = chunk.offset + j;
      let g = unscaling() * gradients[i];
      let first = m[i] + (g - m[i]) * params.firstShare;
      let second = v[chunk.place + j] + (g * g - v[chunk.place + j]) * params.secondShare;
      m[i] = first;
      v[chunk.place + j] = second;
      parameters[i] -= adamRate() * first / (sqrt(second) + params.epsilon);
    }
    return;
  }
  var sum = 0.0;
  for (var j = thread; j < chunk.length; j += 64u) {
    let i = chunk.offset + j;
    let g = unscaling() * gradients[i];
    let mean = params.momentum * m[i] + g;
    m[i] = mean;
    var direction = mean;
    if (params.nesterov == 1u) { direction = g + params.momentum * mean; }
    directions[chunk.place + j] = direction;
    sum += direction * direction;
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
