// What the threads of a workgroup have of a row, joined in a fixed tree.

import package::lib::nan::exceeds;

override THREADS: u32 = 64u;
var<workgroup> shares: array<f32, THREADS>;

// The sum of all threads' values, returned to every thread.
fn totalOf(thread: u32, value: f32) -> f32 {
  workgroupBarrier();
  shares[thread] = value;
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) { shares[thread] += shares[thread + half]; }
  }
  workgroupBarrier();
  return shares[0];
}

// The largest of all threads' values, NaN being the largest, returned to every thread.
fn largestOf(thread: u32, value: f32) -> f32 {
  workgroupBarrier();
  shares[thread] = value;
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half && exceeds(shares[thread + half], shares[thread])) { shares[thread] = shares[thread + half]; }
  }
  workgroupBarrier();
  return shares[0];
}
