// totals += [mean(values)·rows, rows]: the running mean of a loss or a metric, weighted by batch size as Keras does.
// One workgroup adds in a fixed tree, so the same values give the same bits. values [size]
//
// However many batches there are, their sum is exact: an integer of 320 bits, in units of the smallest float. Floats that
// carry what rounding lost would not do, since compilers may take their additions in another order.

import package::lib::step::step;

struct Params { size: u32, rows: u32 }
@group(0) @binding(0) var<storage, read> values: array<f32>;
@group(0) @binding(1) var<storage, read_write> totals: array<u32>;
@group(0) @binding(2) var<uniform> params: Params;

const THREADS = 256u;
// What totals holds; src/ops/exactSum.ts has the same.
const ROWS = 0u;
const FLAGS = 2u;
const SUM = 3u;
const END = 13u;
// How many rows came before the first value that is not finite, two words.
const FINITE_ROWS = 13u;
const WORDS = 15u;

var<workgroup> sums: array<f32, THREADS>;

/// Adds a float, by its bits, to the sum.
fn addExactly(bits: u32) {
  let exponent = (bits >> 23u) & 0xffu;
  let fraction = bits & 0x7fffffu;
  if (exponent == 255u) {
    // Not a number, infinite, or minus infinity.
    totals[FLAGS] |= select(2u << (bits >> 31u), 1u, fraction != 0u);
    return;
  }
  let isNegative = bits >> 31u == 1u;
  let mantissa = select(fraction, fraction | 0x800000u, exponent > 0u);
  let shift = max(exponent, 1u) - 1u;
  let bit = shift % 32u;
  let low = mantissa << bit;
  let high = select(mantissa >> (32u - max(bit, 1u)), 0u, bit == 0u);
  let first = SUM + shift / 32u;
  var carry = 0u;
  for (var k = first; k < END; k++) {
    if (k > first + 1u && carry == 0u) { return; }
    let part = select(select(0u, high, k == first + 1u), low, k == first);
    let before = totals[k];
    if (isNegative) {
      let difference = before - part;
      totals[k] = difference - carry;
      carry = u32(before < part) + u32(difference < carry);
    } else {
      let sum = before + part;
      totals[k] = sum + carry;
      carry = u32(sum < part) + u32(sum + carry < sum);
    }
  }
}

@compute @workgroup_size(256)
fn accumulate(@builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  for (var i = thread; i < params.size; i += THREADS) { sum += values[i]; }
  workgroupBarrier();
  sums[thread] = sum;
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) { sums[thread] += sums[thread + half]; }
  }
  if (thread == 0u) {
    if (step.reset == 1u) {
      for (var k = 0u; k < WORDS; k++) { totals[k] = 0u; }
    }
    if (totals[FLAGS] == 0u) {
      totals[FINITE_ROWS] = totals[ROWS];
      totals[FINITE_ROWS + 1u] = totals[ROWS + 1u];
    }
    let rows = totals[ROWS] + params.rows;
    totals[ROWS + 1u] += u32(rows < params.rows);
    totals[ROWS] = rows;
    let mean = sums[0] / f32(params.size);
    addExactly(bitcast<u32>(mean * f32(params.rows)));
  }
}
