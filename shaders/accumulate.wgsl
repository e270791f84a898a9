// totals[column] += Σ values[:, column], each row times its weight; or with a `divisor` the sum of these products divided by it, times
// `rows`, as Keras weights the losses of batches. Where there is one sum more than columns, the last one sums the weights. values [size, columns]; a
// weight, 1 where there are none, is for `group` values of a column. Sums over many training steps are exact.
//
// A workgroup owns a sum and adds the values of a training step in a fixed tree, so the same values give the same bits.

import package::lib::exact_sum::{WORDS, addExactly};
import package::lib::index::workgroupIndex;
import package::lib::step::step;

// `sums` is the number of columns, and one more where the weights are summed.
struct Params { size: u32, columns: u32, sums: u32, rows: u32, divisor: u32, hasWeights: u32, group: u32 }
@group(0) @binding(0) var<storage, read> values: array<f32>;
@group(0) @binding(1) var<storage, read> weights: array<f32>;
@group(0) @binding(2) var<storage, read_write> totals: array<u32>;
@group(0) @binding(3) var<uniform> params: Params;

const THREADS = 256u;
var<workgroup> sums: array<f32, THREADS>;

@compute @workgroup_size(256)
fn accumulate(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let column = workgroupIndex(workgroup);
  var sum = 0.0;
  for (var i = thread; i < params.size; i += THREADS) {
    var value = 1.0;
    if (column < params.columns) { value = values[i * params.columns + column]; }
    if (params.hasWeights == 1u) { value *= weights[i / params.group]; }
    sum += value;
  }
  workgroupBarrier();
  sums[thread] = sum;
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) { sums[thread] += sums[thread + half]; }
  }
  if (thread == 0u) {
    let first = column * WORDS;
    var words: array<u32, WORDS>;
    if (step.reset == 0u) {
      for (var k = 0u; k < WORDS; k++) { words[k] = totals[first + k]; }
    }
    var total = sums[0];
    if (params.divisor > 0u) { total = total / f32(params.divisor) * f32(params.rows); }
    addExactly(&words, bitcast<u32>(total), params.rows);
    for (var k = 0u; k < WORDS; k++) { totals[first + k] = words[k]; }
  }
}
