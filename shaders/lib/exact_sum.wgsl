// Sums of floats that never round: an integer of 320 bits, in units of the smallest float. Compensated sums of floats would not
// do, since compilers may reorder their additions.

// The words of a sum, as in src/ops/exactSum.ts.
const WORDS = 15u;
const ROWS = 0u;
const FLAGS = 2u;
const SUM = 3u;
const END = 13u;
// Two words: how many rows came before the first value that is not finite.
const FINITE_ROWS = 13u;

// Adds a float, given by its bits, which stands for `rows` rows.
fn addExactly(words: ptr<function, array<u32, WORDS>>, bits: u32, rows: u32) {
  if ((*words)[FLAGS] == 0u) {
    (*words)[FINITE_ROWS] = (*words)[ROWS];
    (*words)[FINITE_ROWS + 1u] = (*words)[ROWS + 1u];
  }
  let count = (*words)[ROWS] + rows;
  (*words)[ROWS + 1u] += u32(count < rows);
  (*words)[ROWS] = count;
  let exponent = (bits >> 23u) & 0xffu;
  let fraction = bits & 0x7fffffu;
  if (exponent == 255u) {
    // Not a number, infinite, or minus infinity.
    (*words)[FLAGS] |= select(2u << (bits >> 31u), 1u, fraction != 0u);
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
    let before = (*words)[k];
    if (isNegative) {
      let difference = before - part;
      (*words)[k] = difference - carry;
      carry = u32(before < part) + u32(difference < carry);
    } else {
      let sum = before + part;
      (*words)[k] = sum + carry;
      carry = u32(sum < part) + u32(sum + carry < sum);
    }
  }
}
