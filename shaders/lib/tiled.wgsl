// A product in tiles of workgroup memory: SIDE × SIDE threads, each with 4×4 sums, 16 of k at a time. The kernel that
// imports it brings the factors, 0 where k is past the end:
//   left(row, k)      four of a row, from k on
//   right(k, column)  four of row k, from a column on

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

// The sums over k from a multiple of 16 up to `end`. Neighbours load what lies side by side: along k or across it.
fn tiledProduct(
  local: vec3u, tile: vec3u, start: u32, end: u32, leftAcross: bool, rightAcross: bool,
) -> Sums {
  let thread = local.y * SIDE + local.x;
  var sums = Sums();
  // Some drivers set workgroup memory to zero only once a kernel has begun: its first writes come after a barrier.
  workgroupBarrier();
  for (var k = start; k < end; k += DEPTH) {
    for (var e = thread; e < 4u * SIDE * QUADS; e += SIDE * SIDE) {
      let row = select(e / QUADS, e % (4u * SIDE), leftAcross);
      let quad = select(e % QUADS, e / (4u * SIDE), leftAcross);
      leftTile[row * QUADS + quad] = left(4u * tile.y * SIDE + row, k + 4u * quad);
    }
    for (var e = thread; e < DEPTH * SIDE; e += SIDE * SIDE) {
      let deep = select(e % DEPTH, e / SIDE, rightAcross);
      let column = select(e / DEPTH, e % SIDE, rightAcross);
      rightTile[deep * SIDE + column] = right(k + deep, 4u * (tile.x * SIDE + column));
    }
    workgroupBarrier();
    for (var q = 0u; q < QUADS; q++) {
      let a = local.y * QUADS + q;
      let b = 4u * q * SIDE + local.x;
      sums = addProducts(
        sums,
        leftTile[a], leftTile[a + SIDE * QUADS], leftTile[a + 2u * SIDE * QUADS], leftTile[a + 3u * SIDE * QUADS],
        rightTile[b], rightTile[b + SIDE], rightTile[b + 2u * SIDE], rightTile[b + 3u * SIDE],
      );
    }
    workgroupBarrier();
  }
  return sums;
}
