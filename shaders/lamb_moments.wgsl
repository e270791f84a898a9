// The first of Lamb's two launches (You et al. 2020, Keras's form): m += (g − m)(1 − β₁), v += (g² − v)(1 − β₂), and of each chunk the
// sums of squares of its weights, and of what the step is before its length is known.

import package::lib::chunks::chunkOf;
import package::lib::index::workgroupIndex;
import package::lib::lamb::{corrections, directionAt};
import package::lib::loss_scale::unscaling;

struct Params { count: u32, unit: u32, firstShare: f32, secondShare: f32, epsilon: f32 }
@group(0) @binding(0) var<storage, read> chunks: array<f32>;
@group(0) @binding(1) var<storage, read> gradients: array<f32>;
@group(0) @binding(2) var<storage, read> parameters: array<f32>;
@group(0) @binding(3) var<storage, read_write> m: array<f32>;
@group(0) @binding(4) var<storage, read_write> v: array<f32>;
// Two numbers of each chunk.
@group(0) @binding(5) var<storage, read_write> squares: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

var<workgroup> sums: array<vec2f, 64>;

@compute @workgroup_size(64)
fn lambMoments(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let w = workgroupIndex(workgroup);
  if (w >= params.count || unscaling() == 0.0) { return; }
  let chunk = chunkOf(w);
  let factors = corrections();
  var sum = vec2f();
  for (var i = chunk.offset + thread; i < chunk.end; i += 64u) {
    let g = unscaling() * gradients[i];
    m[i] += (g - m[i]) * params.firstShare;
    v[i] += (g * g - v[i]) * params.secondShare;
    let pair = vec2f(parameters[i], directionAt(i, factors));
    sum += pair * pair;
  }
  // Memory of a workgroup is written behind a barrier, as in all kernels.
  workgroupBarrier();
  sums[thread] = sum;
  for (var half = 32u; half > 0u; half >>= 1u) {
    workgroupBarrier();
    if (thread < half) { sums[thread] += sums[thread + half]; }
  }
  if (thread == 0u) {
    squares[2u * w] = sums[0].x;
    squares[2u * w + 1u] = sums[0].y;
  }
}
