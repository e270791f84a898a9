// The second of Lamb's two launches: w −= rate · |w| / |u| · u, by the norms of each weight; the ratio is 1 where a norm is 0.

import package::lib::chunks::chunkOf;
import package::lib::index::workgroupIndex;
import package::lib::lamb::{corrections, directionAt};
import package::lib::loss_scale::{rateOfStep, unscaling};

struct Params { count: u32, unit: u32, firstShare: f32, secondShare: f32, epsilon: f32 }
@group(0) @binding(0) var<storage, read> chunks: array<f32>;
@group(0) @binding(1) var<storage, read> m: array<f32>;
@group(0) @binding(2) var<storage, read> v: array<f32>;
@group(0) @binding(3) var<storage, read> squares: array<f32>;
@group(0) @binding(4) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

var<workgroup> sums: array<vec2f, 64>;

@compute @workgroup_size(64)
fn lamb(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let w = workgroupIndex(workgroup);
  if (w >= params.count || unscaling() == 0.0) { return; }
  let chunk = chunkOf(w);
  var sum = vec2f();
  for (var i = thread; i < chunk.count; i += 64u) {
    let at = 2u * (chunk.first + i);
    sum += vec2f(squares[at], squares[at + 1u]);
  }
  // Memory of a workgroup is written behind a barrier, as in all kernels.
  workgroupBarrier();
  sums[thread] = sum;
  for (var half = 32u; half > 0u; half >>= 1u) {
    workgroupBarrier();
    if (thread < half) { sums[thread] += sums[thread + half]; }
  }
  workgroupBarrier();
  let norms = sqrt(sums[0]);
  let factors = corrections();
  var rate = rateOfStep();
  if (norms.x > 0.0 && norms.y > 0.0) { rate *= norms.x / norms.y; }
  for (var i = chunk.offset + thread; i < chunk.end; i += 64u) {
    parameters[i] -= rate * directionAt(i, factors);
  }
}
