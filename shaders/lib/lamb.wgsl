// What a step of Lamb is before its length is known: m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε).

import package::kernel::{m, params, v};
import package::lib::loss_scale::SCALED;
import package::lib::step::step;
import package::lib::updates::shareAfterUpdates;

// Of m and of v: 1 / (1 − βᵗ).
fn corrections() -> vec2f {
  if (SCALED == 0u) { return vec2f(step.first, step.second); }
  return 1.0 / vec2f(shareAfterUpdates(params.firstShare), shareAfterUpdates(params.secondShare));
}

fn directionAt(i: u32, corrections: vec2f) -> f32 {
  return corrections.x * m[i] / (sqrt(corrections.y * v[i]) + params.epsilon);
}
