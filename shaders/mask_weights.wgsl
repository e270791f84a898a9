// Weights of time steps by a mask [masks]: `plain` is the weight, 1 where there are none, where the mask is not 0, else 0; `scaled`
// the same times masks / valid ones, so that a mean over all is one over those that are valid; or with `byWeight` divided by Σ plain.
// A mask is for `ofMask` neighbours, a weight for `ofWeight`. One workgroup counts them.

import package::lib::index::workgroupIndex;

struct Params { size: u32, masks: u32, ofMask: u32, ofWeight: u32, hasWeights: u32, keepScaled: u32, keepPlain: u32, byWeight: u32 }
@group(0) @binding(0) var<storage, read> mask: array<f32>;
@group(0) @binding(1) var<storage, read> weights: array<f32>;
@group(0) @binding(2) var<storage, read_write> scaled: array<f32>;
@group(0) @binding(3) var<storage, read_write> plain: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

const THREADS = 256u;
var<workgroup> counts: array<f32, THREADS>;

fn plainWeight(i: u32) -> f32 {
  if (mask[i / params.ofMask] == 0.0) { return 0.0; }
  if (params.hasWeights == 1u) { return weights[i / params.ofWeight]; }
  return 1.0;
}

@compute @workgroup_size(256)
fn maskWeights(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  if (workgroupIndex(workgroup) > 0u) { return; }
  let all = select(params.masks, params.size, params.byWeight == 1u);
  var count = 0.0;
  for (var i = thread; i < all; i += THREADS) {
    if (params.byWeight == 1u) { count += plainWeight(i); } else { count += select(0.0, 1.0, mask[i] != 0.0); }
  }
  workgroupBarrier();
  counts[thread] = count;
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) { counts[thread] += counts[thread + half]; }
  }
  workgroupBarrier();
  let valid = counts[0];
  var scale = 0.0;
  if (valid != 0.0) { scale = select(f32(all), 1.0, params.byWeight == 1u) / valid; }
  for (var i = thread; i < params.size; i += THREADS) {
    let weight = plainWeight(i);
    if (params.keepScaled == 1u) { scaled[i] = weight * scale; }
    if (params.keepPlain == 1u) { plain[i] = weight; }
  }
}
