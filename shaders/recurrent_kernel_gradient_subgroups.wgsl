// dR without barriers: a subgroup owns 16 units, a lane four columns of them. The lanes, however many, read
// neighbouring states along rows and time steps and shuffle them to each other. Four divides units and columns, so that all reads
// are whole vectors.
// No dropout.

import package::lib::direction::{enterDirection, isReversed, directionRow};
import package::lib::index::tileIndex;
import package::lib::operand::Operand4;
import package::lib::recurrent_kernel_gradient::{HAS_STATE, HAS_SUMS, INNER, INNER_RESETS, INNER_STATES, LANES, params, inner, launchColumns, hasNoProduct, sourceOf, resetsOf, store, storeSums};

enable subgroups;

@group(0) @binding(0) var<storage, read> h: array<Operand4>;
@group(0) @binding(1) var<storage, read> h0: array<vec4f>;
@group(0) @binding(2) var<storage, read> dz: array<Operand4>;

// The units in vectors of four.
const QUADS = 4u;
override THREADS: u32 = 64u;

// 16 units of h_before at time step k % time of row k / time; vectors past the last repeat it.
fn unitsBefore(quad: u32, k: u32) -> array<vec4f, QUADS> {
  var before = array<vec4f, QUADS>();
  let reversed = isReversed(params.reverse);
  let isFirst = k % params.time == select(0u, params.time - 1u, reversed);
  let vectors = params.units / 4u;
  if (!isFirst) {
    let row = directionRow(select(k - 1u, k + 1u, reversed)) * vectors;
    for (var q = 0u; q < QUADS; q++) { before[q] = h[row + min(quad + q, vectors - 1u)]; }
  } else if (HAS_STATE == 1u) {
    let row = directionRow(k / params.time) * vectors;
    for (var q = 0u; q < QUADS; q++) { before[q] = h0[row + min(quad + q, vectors - 1u)]; }
  }
  return before;
}

// 16 units of `inner` at row k, where a reset gate changed the states of the last block of columns.
fn unitsInside(quad: u32, k: u32) -> array<vec4f, QUADS> {
  var inside = array<vec4f, QUADS>();
  if (INNER != INNER_STATES) { return inside; }
  let row = directionRow(k) * params.units;
  for (var q = 0u; q < QUADS; q++) {
    let u = row + min(4u * (quad + q), params.units - 4u);
    inside[q] = vec4f(inner[u], inner[u + 1u], inner[u + 2u], inner[u + 3u]);
  }
  return inside;
}

@compute @workgroup_size(THREADS)
fn recurrentKernelGradientSubgroups(
  @builtin(local_invocation_index) thread: u32, @builtin(subgroup_invocation_id) lane: u32,
  @builtin(workgroup_id) workgroup: vec3u,
) {
  let tile = tileIndex(workgroup, launchColumns(), params.units, vec2u(4u * THREADS, 4u * QUADS));
  if (hasNoProduct(tile, 4u * THREADS)) { return; }
  enterDirection(tile.z, 1u);
  let quad = QUADS * tile.y;
  let column = THREADS * tile.x + thread;
  let vectors = params.columns / 4u;
  let whole = min(4u * column, launchColumns() - 4u);
  // Four divides units, so that four columns are of one block; lanes of a subgroup may be of two.
  let isLast = whole >= 2u * params.units;
  var total = vec4f();
  // Lanes are counted, because a subgroup need not be full.
  let lanes = subgroupAdd(1u);
  var sums: array<vec4f, 4u * QUADS>;
  for (var start = params.start; start < params.until; start += lanes) {
    let k = min(start + lane, params.until - 1u);
    let before = unitsBefore(quad, k);
    let inside = unitsInside(quad, k);
    // A bound that compilers cannot know, so that they do not unroll the loop: on a software adapter its code would overflow the cache.
    for (var l = 0u; l < min(lanes, params.until - start); l++) {
      var right = dz[directionRow(start + l) * vectors + sourceOf(whole) / 4u];
      if (INNER == INNER_RESETS) { right *= resetsOf(start + l, whole + LANES); }
      if (HAS_SUMS == 1u) { total += right; }
      for (var q = 0u; q < QUADS; q++) {
        var state = subgroupShuffle(before[q], l);
        if (INNER == INNER_STATES) { state = select(state, subgroupShuffle(inside[q], l), isLast); }
        for (var i = 0u; i < 4u; i++) { sums[4u * q + i] += state[i] * right; }
      }
    }
  }
  for (var u = 0u; u < 4u * QUADS; u++) { store(4u * quad + u, 4u * column, sums[u]); }
  if (HAS_SUMS == 1u && tile.y == 0u) { storeSums(4u * column, total); }
}
