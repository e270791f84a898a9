// Bias corrections where the loss is scaled: then only the device knows how many updates were made.

import package::lib::loss_scale::scaling;

// 1 − (1 − share)ⁿ by squaring, without loss of digits.
fn shareAfter(share: f32, times: u32) -> f32 {
  var sum = 0.0;
  var power = share;
  for (var n = times; n > 0u; n >>= 1u) {
    if ((n & 1u) == 1u) { sum += power - sum * power; }
    power *= 2.0 - power;
  }
  return sum;
}

fn shareAfterUpdates(share: f32) -> f32 { return shareAfter(share, u32(scaling[2])); }
