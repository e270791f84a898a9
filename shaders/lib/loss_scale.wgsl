// What loss scaling changes in a weight update: the factor of gradients that undoes it, and the rate, where steps were skipped that
// no schedule counts (src/ops/lossScaleState.ts).

import package::lib::step::step;

override SCALED: u32 = 0u;

// The scale; training steps since it changed; updates made; the factor of gradients, 0 where they overflowed; 1 where f16 overflowed;
// and the learning rate.
@group(0) @binding(8) var<storage, read> scaling: array<f32>;

fn unscaling() -> f32 {
  return select(1.0, scaling[3], SCALED == 1u);
}

// The effective rate; with loss scaling the learning rate alone, without bias corrections.
fn rateOfStep() -> f32 {
  return select(step.rate, scaling[5], SCALED == 1u);
}

// What the weight decay of each weight is multiplied by: the learning rate.
fn decayOfStep() -> f32 {
  return select(step.decay, scaling[5], SCALED == 1u);
}
