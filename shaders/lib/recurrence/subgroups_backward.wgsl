// R·dz where a workgroup owns up to sixteen batch rows and a thread four units of all of them. The lanes of a subgroup, however
// many, read neighbouring dz, which lie in the workgroup memory of the kernel, and shuffle them to each other.

import package::kernel::dz;
import package::lib::recurrence::backward::weightsOf;
import package::lib::recurrence::memory::params;

const MAX_QUADS = 4u;
const TILE = 4u;
// Quads of batch rows, four each.
override QUADS: u32 = 4u;
override UNITS: u32 = 64u;
// Unit i of a thread is its own index plus i times the number of threads.
override THREADS: u32 = 16u;

// A row of R has vectors of four columns. Multiplies those from `begin` up to `end` by the dz of their columns, quad by quad in
// `dz` from `first` on. Quad q's rows of unit i are at i·QUADS + q.
fn rowsTimesGradients(first: u32, begin: u32, end: u32, thread: u32, lane: u32, lanes: u32) -> array<vec4f, TILE * MAX_QUADS> {
  var sums = array<vec4f, TILE * MAX_QUADS>();
  let units = params.units;
  let vectors = end - begin;
  for (var start = 0u; start < vectors; start += lanes) {
    let own = first + 4u * min(start + lane, vectors - 1u);
    var parts: array<mat4x4f, MAX_QUADS>;
    for (var q = 0u; q < QUADS; q++) {
      let p = q * 4u * vectors + own;
      parts[q] = mat4x4f(dz[p], dz[p + 1u], dz[p + 2u], dz[p + 3u]);
    }
    for (var l = 0u; l < min(lanes, vectors - start); l++) {
      var r: array<vec4f, TILE>;
      for (var i = 0u; i < TILE; i++) { r[i] = weightsOf(min(i * THREADS + thread, units - 1u), begin + start + l); }
      for (var q = 0u; q < QUADS; q++) {
        let z = mat4x4f(
          subgroupShuffle(parts[q][0], l), subgroupShuffle(parts[q][1], l),
          subgroupShuffle(parts[q][2], l), subgroupShuffle(parts[q][3], l),
        );
        for (var i = 0u; i < TILE; i++) { sums[i * QUADS + q] += z * r[i]; }
      }
    }
  }
  return sums;
}
