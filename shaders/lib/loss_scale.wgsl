// How an update takes the gradients of a loss that was scaled, where it was.

override SCALED: u32 = 0u;

// The scale, steps since it changed, updates made, and by what gradients are multiplied; 0 where they overflowed.
@group(0) @binding(8) var<storage, read> scaling: array<f32>;

fn unscaling() -> f32 {
  if (SCALED == 1u) { return scaling[3]; }
  return 1.0;
}
