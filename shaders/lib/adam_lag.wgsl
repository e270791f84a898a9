// What Adam does to a weight of a row in updates that have no gradient for it.
//
// In the k-th of them m is β₁ᵏ·m₀ and v is β₂ᵏ·v₀, so the weight moves by −rateₖ·qᵏ·m₀ / (√v₀ + ε·xᵏ) with q = β₁/√β₂ and x = 1/√β₂.
// Within a span of updates xᵏ changes so little that the sum over them is, up to f32's rounding, that of a quadratic in xᵏ: it takes
// the total of the weights rateₖ·qᵏ, and the mean and the variance of xᵏ by these weights. Beyond `most` updates qᵏ is nothing.

import package::kernel::{history, params};
import package::lib::lag::{rateOf, seenBy};

struct Adam { w: f32, m: f32, v: f32 }

fn caughtUp(row: u32, now: Adam) -> Adam {
  let seen = seenBy(row);
  let missed = history[0] - seen;
  if (missed == 0u || now.m == 0.0) { return Adam(now.w, now.m, now.v * exp(f32(missed) * params.logSecond)); }
  let root = sqrt(now.v);
  let until = min(missed, params.most);
  var change = 0.0;
  var decay = 1.0;
  var x = 1.0;
  for (var k = 0u; k < until; ) {
    let end = min(k + params.span, until);
    // By how much xᵏ exceeds the span's first, as a share of that.
    var excess = 0.0;
    var total = 0.0;
    var first = 0.0;
    var second = 0.0;
    while (k < end) {
      k++;
      decay *= params.ratio;
      excess += params.stretch + params.stretch * excess;
      let weight = rateOf(seen + k) * decay;
      total += weight;
      first += weight * excess;
      second += weight * excess * excess;
    }
    if (total != 0.0) {
      let mean = first / total;
      let epsilon = params.epsilon * x;
      let divisor = root + epsilon * (1.0 + mean);
      let share = epsilon / divisor;
      change += total / divisor * (1.0 + (second / total - mean * mean) * share * share);
    }
    x += x * excess;
  }
  return Adam(
    now.w - now.m * change,
    now.m * exp(f32(missed) * params.logFirst),
    now.v * exp(f32(missed) * params.logSecond),
  );
}
