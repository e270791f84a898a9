// Penalties l1·Σ|w| + l2·Σw² on weights that lie in one flat tensor, and their gradients, added to those of the loss. A workgroup has a
// chunk of one weight: sums[chunk] is the chunk's penalty times the number of chunks, so that the mean of all is the penalty on all.

import package::lib::index::workgroupIndex;

// Whether gradients are there; whether they are those of the loss times the scale in `scaling`.
override ADDS: u32 = 0u;
override SCALED: u32 = 0u;

struct Params { count: u32 }
@group(0) @binding(0) var<storage, read> weights: array<f32>;
// Of each chunk its start and its length, and by their bits l1 and l2.
@group(0) @binding(1) var<storage, read> chunks: array<u32>;
@group(0) @binding(2) var<storage, read_write> gradients: array<f32>;
@group(0) @binding(3) var<storage, read_write> sums: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(8) var<storage, read> scaling: array<f32>;

const THREADS = 256u;
var<workgroup> shares: array<f32, THREADS>;

fn penaltyScale() -> f32 {
  if (SCALED == 1u) { return scaling[0]; }
  return 1.0;
}

@compute @workgroup_size(THREADS)
fn penalty(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let chunk = workgroupIndex(workgroup);
  let start = chunks[4u * chunk];
  let end = start + chunks[4u * chunk + 1u];
  let l1 = bitcast<f32>(chunks[4u * chunk + 2u]);
  let l2 = bitcast<f32>(chunks[4u * chunk + 3u]);
  let scale = penaltyScale();
  var share = 0.0;
  for (var i = start + thread; i < end; i += THREADS) {
    let w = weights[i];
    share += l1 * abs(w) + l2 * w * w;
    if (ADDS == 1u) { gradients[i] += scale * (l1 * sign(w) + 2.0 * l2 * w); }
  }
  workgroupBarrier();
  shares[thread] = share;
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) { shares[thread] += shares[thread + half]; }
  }
  if (thread == 0u) { sums[chunk] = f32(params.count) * shares[0]; }
}
