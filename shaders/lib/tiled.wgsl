// A product in tiles of workgroup memory: SIDE × SIDE threads, each with 4×4 sums, 16 of k at a time. The kernel that
// imports this file declares the factors, 0 where k is past the end:
//   left(row, k)      factors of a row, k to k + 3
//   right(k, column)  factors of row k, columns `column` to `column` + 3

import package::kernel::{left, right};
import package::lib::product::{Sums, addProducts};

// 8 for tiles of 32×32, 16 for 64×64.
override SIDE: u32 = 8u;
const DEPTH = 16u;
const QUADS = 4u;

var<workgroup> leftTile: array<vec4f, 4u * SIDE * QUADS>;
var<workgroup> rightTile: array<vec4f, DEPTH * SIDE>;

// A thread's four rows are SIDE apart, so that neighbours read other banks of memory.
fn rowOf(r: u32, local: vec3u, tile: vec3u) -> u32 { return (4u * tile.y + r) * SIDE + local.y; }
fn columnOf(local: vec3u, tile: vec3u) -> u32 { return 4u * (tile.x * SIDE + local.x); }

// Vectors of each tile that a thread loads.
const LOADS = 16u / SIDE;
struct Loaded { left: array<vec4f, 2>, right: array<vec4f, 2> }

// Row and vector of the tile that a thread's load e is for: neighbouring threads load neighbouring vectors, along k or across.
fn leftEntry(e: u32, across: bool) -> vec2u {
  return select(vec2u(e / QUADS, e % QUADS), vec2u(e % (4u * SIDE), e / (4u * SIDE)), across);
}
fn rightEntry(e: u32, across: bool) -> vec2u {
  return select(vec2u(e % DEPTH, e / DEPTH), vec2u(e / SIDE, e % SIDE), across);
}

fn loadFactors(thread: u32, tile: vec3u, k: u32, leftAcross: bool, rightAcross: bool) -> Loaded {
  var loaded: Loaded;
  for (var i = 0u; i < LOADS; i++) {
    let p = leftEntry(thread + i * SIDE * SIDE, leftAcross);
    loaded.left[i] = left(4u * tile.y * SIDE + p.x, k + 4u * p.y);
    let q = rightEntry(thread + i * SIDE * SIDE, rightAcross);
    loaded.right[i] = right(k + q.x, 4u * (tile.x * SIDE + q.y));
  }
  return loaded;
}

// The sums over k from a multiple of 16 up to `end`.
fn tiledProduct(
  local: vec3u, tile: vec3u, start: u32, end: u32, leftAcross: bool, rightAcross: bool,
) -> Sums {
  let thread = local.y * SIDE + local.x;
  var sums = Sums();
  var loaded = loadFactors(thread, tile, start, leftAcross, rightAcross);
  for (var k = start; k < end; k += DEPTH) {
    // Needed in the first round, too: some drivers set workgroup memory to zero only once a kernel has begun.
    workgroupBarrier();
    for (var i = 0u; i < LOADS; i++) {
      let p = leftEntry(thread + i * SIDE * SIDE, leftAcross);
      leftTile[p.x * QUADS + p.y] = loaded.left[i];
      let q = rightEntry(thread + i * SIDE * SIDE, rightAcross);
      rightTile[q.x * SIDE + q.y] = loaded.right[i];
    }
    workgroupBarrier();
    // The next factors are on their way while these are multiplied.
    if (k + DEPTH < end) { loaded = loadFactors(thread, tile, k + DEPTH, leftAcross, rightAcross); }
    for (var q = 0u; q < QUADS; q++) {
      let a = local.y * QUADS + q;
      let b = 4u * q * SIDE + local.x;
      sums = addProducts(
        sums,
        leftTile[a], leftTile[a + SIDE * QUADS], leftTile[a + 2u * SIDE * QUADS], leftTile[a + 3u * SIDE * QUADS],
        rightTile[b], rightTile[b + SIDE], rightTile[b + 2u * SIDE], rightTile[b + 3u * SIDE],
      );
    }
  }
  return sums;
}
