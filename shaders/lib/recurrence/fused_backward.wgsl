// R·dz where a workgroup owns 16 units of up to 16 batch rows, a thread four units of four rows. dz of a time step is staged in
// workgroup memory; neighbouring threads take turns along the rows of R and add up their sums.

import package::cell::{gradientOffsets, gradientAt};
import package::lib::recurrence::backward::weightsOf;
import package::lib::recurrence::memory::params;
import package::lib::recurrence::rows::{offsetsOf, batchRows};

const UNITS = 16u;
const THREADS = 256u;
// Vectors of four rows of a workgroup: 1, 2 or 4.
override QUADS: u32 = 4u;
// First dz, columns 4k + i side by side for each i, as neighbouring threads read them; then each thread's sums.
var<workgroup> staged: array<vec4f, 4u * THREADS>;

// R·dz of time t over the columns from `begin` up to `end`, valid in the first threads, which have one unit of four rows each; all
// threads must call this, since it has barriers. `firstUnit` and `first` are the workgroup's first unit and quad of rows.
fn recurrentGradient(thread: u32, firstUnit: u32, first: u32, t: u32, begin: u32, end: u32) -> vec4f {
  let units = params.units;
  let turns = 64u / QUADS;
  let quad = thread / turns % QUADS;
  let own = min(firstUnit + thread / 64u * 4u + vec4u(0u, 1u, 2u, 3u), vec4u(units - 1u));
  let depth = THREADS / QUADS;
  var s0 = vec4f(); var s1 = vec4f(); var s2 = vec4f(); var s3 = vec4f();
  // A row of R has vectors of four columns; the first and the last may have some that are not among these.
  let last = (end + 3u) / 4u;
  for (var start = begin / 4u; start < last; start += depth) {
    let length = min(depth, last - start);
    workgroupBarrier();
    for (var e = thread; e < 4u * THREADS; e += THREADS) {
      let column = e % (4u * depth);
      let q = e / (4u * depth);
      if (column >= 4u * length) { continue; }
      let j = 4u * start + column;
      var z = vec4f();
      if (j >= begin && j < end) { z = gradientAt(gradientOffsets(offsetsOf(batchRows(first + q), t)), j); }
      staged[column % 4u * THREADS + q * depth + column / 4u] = z;
    }
    workgroupBarrier();
    for (var k = thread % turns; k < length; k += turns) {
      let p = quad * depth + k;
      let z = mat4x4f(staged[p], staged[p + THREADS], staged[p + 2u * THREADS], staged[p + 3u * THREADS]);
      s0 += z * weightsOf(own.x, start + k);
      s1 += z * weightsOf(own.y, start + k);
      s2 += z * weightsOf(own.z, start + k);
      s3 += z * weightsOf(own.w, start + k);
    }
  }
  workgroupBarrier();
  staged[thread] = s0;
  staged[thread + THREADS] = s1;
  staged[thread + 2u * THREADS] = s2;
  staged[thread + 3u * THREADS] = s3;
  workgroupBarrier();
  var sum = vec4f();
  if (thread < UNITS * QUADS) {
    let unit = thread % UNITS;
    let p = unit % 4u * THREADS + unit / 4u * 64u + thread / UNITS * turns;
    for (var turn = 0u; turn < turns; turn++) { sum += staged[p + turn]; }
  }
  return sum;
}
