// Mean and variance of each column of x [rows, columns]; the variance is the mean of squared differences, in a second pass.
// A workgroup owns a column and adds in a fixed tree, so the same values give the same bits. With weights of rows, which add to the
// number of rows or are all 0, both are weighted means.

import package::lib::index::workgroupIndex;

struct Params { rows: u32, columns: u32, hasWeights: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> weights: array<f32>;
@group(0) @binding(2) var<storage, read_write> mean: array<f32>;
@group(0) @binding(3) var<storage, read_write> variance: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

const THREADS = 64u;
var<workgroup> sums: array<f32, THREADS>;

// The sum of all threads' values, returned to every thread.
fn total(thread: u32, value: f32) -> f32 {
  workgroupBarrier();
  sums[thread] = value;
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) { sums[thread] += sums[thread + half]; }
  }
  workgroupBarrier();
  return sums[0];
}

// weight·value; a row of weight 0 does not count, whatever it holds.
fn weighted(row: u32, value: f32) -> f32 {
  if (params.hasWeights == 0u) { return value; }
  return select(weights[row] * value, 0.0, weights[row] == 0.0);
}

@compute @workgroup_size(64)
fn moments(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let column = workgroupIndex(workgroup);
  // Sums differences from the first row, so that the mean of a column of equal values is exact; with weights from a first mean.
  var origin = x[column];
  if (params.hasWeights == 1u) {
    var sum = 0.0;
    for (var i = thread; i < params.rows; i += THREADS) { sum += weighted(i, x[i * params.columns + column]); }
    origin = total(thread, sum) / f32(params.rows);
  }
  var sum = 0.0;
  for (var i = thread; i < params.rows; i += THREADS) { sum += weighted(i, x[i * params.columns + column] - origin); }
  let center = origin + total(thread, sum) / f32(params.rows);
  var squares = 0.0;
  for (var i = thread; i < params.rows; i += THREADS) {
    let difference = x[i * params.columns + column] - center;
    squares += weighted(i, difference * difference);
  }
  let spread = total(thread, squares) / f32(params.rows);
  if (thread == 0u) {
    mean[column] = center;
    variance[column] = spread;
  }
}
