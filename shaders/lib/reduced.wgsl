// A product whose result is small and whose k is long: a workgroup has one 16×16 tile of the result, 16 threads for each
// 4×4 of it, which take turns along k and then add up their sums, in order. The kernel that imports it brings the factors, 0
// where k is past the end:
//   left(row, k)      four rows' factors, a vector of four from k on each
//   right(k, column)  four of row k, from a column on

import package::kernel::{left, right};
import package::lib::product::{Sums, addProducts};

const TURNS = 16u;

// One vector of each thread: little memory, so that many workgroups fit on a core.
var<workgroup> turns: array<vec4f, TURNS * 16u>;

// What a thread sums on its turns from a multiple of 64 up to `end`; the 256 threads are 4 × 4 × TURNS, `local`.
fn reducedProduct(local: vec3u, tile: vec3u, start: u32, end: u32) -> Sums {
  let row = 16u * tile.y + 4u * local.y;
  let column = 16u * tile.x + 4u * local.x;
  var sums = Sums();
  for (var k = start + 4u * local.z; k < end; k += 4u * TURNS) {
    let rows = left(row, k);
    sums = addProducts(
      sums, rows[0], rows[1], rows[2], rows[3],
      right(k, column), right(k + 1u, column), right(k + 2u, column), right(k + 3u, column),
    );
  }
  return sums;
}

// The sum over turns, for the first 16 threads; all must come here.
fn overTurns(thread: u32, part: vec4f) -> vec4f {
  workgroupBarrier();
  turns[thread] = part;
  workgroupBarrier();
  var sum = vec4f();
  for (var turn = 0u; turn < TURNS; turn++) { sum += turns[16u * turn + thread % 16u]; }
  return sum;
}
