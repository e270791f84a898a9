// What loss scaling, or the averaging of gradients over steps, changes in updates: see src/ops/lossScaleState.ts.

/** The factor of gradients; 0 where the update is skipped. */
export function unscalingOf(isScaled: i32, scaling: usize): f32 {
  return isScaled ? load<f32>(scaling, 12) : 1
}

/** The effective rate; with loss scaling the learning rate alone, without bias corrections. */
export function rateOf(isScaled: i32, scaling: usize, given: f32): f32 {
  return isScaled ? load<f32>(scaling, 20) : given
}

/** Updates made, this one included. */
export function updatesOf(scaling: usize): f32 {
  return load<f32>(scaling, 8)
}

/** 1 − (1 − share)ⁿ for the n updates made, by squaring. */
export function shareAfterUpdates(share: f32, scaling: usize): f64 {
  let sum: f64 = 0
  let power: f64 = share
  for (let n = <u32>updatesOf(scaling); n > 0; n >>= 1) {
    if (n & 1) sum += power - sum * power
    power *= 2 - power
  }
  return sum
}
