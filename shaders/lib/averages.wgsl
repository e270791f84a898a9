// The moving average of the weights (Keras's useEma): a = µ·a + (1 − µ)·w, from a = w in the first step on; every OVERWRITES updates the
// weights are overwritten by it. A kernel that updates weights imports these functions for its form that averages, see build.ts.

import package::kernel::{parameters, params};
import package::lib::loss_scale::{SCALED, scaling};
import package::lib::step::step;

// 1 − µ; and 0 where nothing is overwritten.
override NEW_SHARE: f32 = 1.0;
override OVERWRITES: u32 = 0u;

@group(0) @binding(9) var<storage, read_write> averages: array<f32>;

// Updates before that of this step.
fn updatesBefore() -> u32 {
  if (SCALED == 0u) { return step.iteration - 1u; }
  return u32(scaling[2]) - select(1u, 0u, scaling[3] == 0.0);
}

// Averages a weight that has its new value.
fn moveAverage(i: u32) {
  let before = updatesBefore();
  let w = parameters[i];
  var a = w;
  if (before > 0u) { a = averages[i] + (w - averages[i]) * NEW_SHARE; }
  averages[i] = a;
  if (OVERWRITES > 0u && (before + 1u) % OVERWRITES == 0u) { parameters[i] = a; }
}

// In a step without an update the average moves all the same where gradients were added up (src/ops/aroundUpdate.ts), not where they
// overflowed.
fn moveAverageAlone(i: u32) {
  if (SCALED == 1u && i < params.size && scaling[4] == 1.0) { moveAverage(i); }
}
