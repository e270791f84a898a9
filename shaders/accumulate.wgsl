// totals += [mean(values)·rows, rows]: the running mean of a loss or a metric, weighted by batch size as Keras does.
// One workgroup adds in a fixed tree, so the same values give the same bits. values [size]

import package::lib::step::step;

struct Params { size: u32, rows: f32 }
@group(0) @binding(0) var<storage, read> values: array<f32>;
@group(0) @binding(1) var<storage, read_write> totals: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

const THREADS = 256u;
var<workgroup> sums: array<f32, THREADS>;

@compute @workgroup_size(256)
fn accumulate(@builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  for (var i = thread; i < params.size; i += THREADS) { sum += values[i]; }
  sums[thread] = sum;
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) { sums[thread] += sums[thread + half]; }
  }
  if (thread == 0u) {
    let mean = sums[0] / f32(params.size);
    totals[0] = select(totals[0], 0.0, step.reset == 1u) + mean * params.rows;
    totals[1] = select(totals[1], 0.0, step.reset == 1u) + params.rows;
  }
}
