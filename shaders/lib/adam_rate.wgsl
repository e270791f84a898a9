// Adam's effective rate in this step. With loss scaling only the device knows how many updates were made, so step.rate comes without
// the bias corrections.

import package::kernel::params;
import package::lib::loss_scale::{SCALED, scaling};
import package::lib::step::step;

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

fn rate() -> f32 {
  if (SCALED == 0u) { return step.rate; }
  let updates = u32(scaling[2]);
  return step.rate * sqrt(shareAfter(params.secondShare, updates)) / shareAfter(params.firstShare, updates);
}
