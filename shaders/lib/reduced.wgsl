// A product whose result is small and whose k is long: a workgroup owns one 16×16 tile of the result, with 16 threads for each
// 4×4 block, which take turns along k and then add up their sums, in order. The kernel that imports this file declares the
// factors, 0 where k is past the end:
//   left(row, k)      factors of four rows from `row` on: a vector for each row, k to k + 3
//   right(k, column)  factors of row k, columns `column` to `column` + 3

import package::kernel::{left, right};
import package::lib::product::{Sums, addProducts};

const TURNS = 16u;

// One vector for each thread: little memory, so that many workgroups fit on a core.
var<workgroup> turns: array<vec4f, TURNS * 16u>;

// The sums of a thread's turns, from `start`, a multiple of 64, up to `end`; `local` numbers the 4 × 4 × TURNS threads.
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

// The sum over turns, valid in the first 16 threads; all threads must call this, since it has barriers.
fn overTurns(thread: u32, part: vec4f) -> vec4f {
  workgroupBarrier();
  turns[thread] = part;
  workgroupBarrier();
  var sum = vec4f();
  for (var turn = 0u; turn < TURNS; turn++) { sum += turns[16u * turn + thread % 16u]; }
  return sum;
}
