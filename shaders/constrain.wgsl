// Constraints on weights that lie in one flat tensor. A workgroup has a tile of one weight's vectors, over which norms are taken: w becomes
// w·(rate·clamp(norm) + (1 − rate)·norm) / (norm + ε), or what of w is not negative.

import package::lib::index::workgroupIndex;
import package::lib::loss_scale::unscaling;
import package::lib::nan::orNan;

struct Params { count: u32 }
@group(0) @binding(0) var<storage, read_write> parameters: array<f32>;
// What src/ops/constrain.ts says of each tile.
@group(0) @binding(1) var<storage, read> tiles: array<u32>;
@group(0) @binding(2) var<uniform> params: Params;

const THREADS = 256u;
const WORDS = 12u;
const EPSILON = 1e-7;
var<workgroup> shares: array<f32, THREADS>;

@compute @workgroup_size(THREADS)
fn constrain(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let tile = WORDS * workgroupIndex(workgroup);
  let vectors = tiles[tile + 1u];
  let length = tiles[tile + 3u];
  let inner = tiles[tile + 4u];
  let innerStride = tiles[tile + 5u];
  let outerStride = tiles[tile + 6u];
  let width = tiles[tile + 7u];
  let isSigned = tiles[tile + 8u] == 1u;
  let least = bitcast<f32>(tiles[tile + 9u]);
  let most = bitcast<f32>(tiles[tile + 10u]);
  let rate = bitcast<f32>(tiles[tile + 11u]);
  // Threads beside each other have vectors beside each other, `width` of them; the other threads of a vector share its entries.
  let vector = thread % width;
  let first = tiles[tile] + vector * tiles[tile + 2u];
  let end = select(0u, length, vector < vectors);
  var share = 0.0;
  for (var i = thread / width; i < end; i += THREADS / width) {
    let w = parameters[first + i % inner * innerStride + i / inner * outerStride];
    share += w * w;
  }
  workgroupBarrier();
  shares[thread] = share;
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half && half >= width) { shares[thread] += shares[thread + half]; }
  }
  workgroupBarrier();
  let norm = sqrt(shares[vector]);
  let wanted = rate * orNan(min(max(norm, least), most), norm) + (1.0 - rate) * norm;
  let factor = wanted / (norm + EPSILON);
  if (unscaling() == 0.0) { return; }
  for (var i = thread / width; i < end; i += THREADS / width) {
    let place = first + i % inner * innerStride + i / inner * outerStride;
    let w = parameters[place];
    parameters[place] = select(w * factor, orNan(max(w, 0.0), w), isSigned);
  }
}
