// The factor that undoes loss scaling in a weight update.

override SCALED: u32 = 0u;

// The scale; training steps since it changed; updates made; the factor of gradients, 0 where they overflowed.
@group(0) @binding(8) var<storage, read> scaling: array<f32>;

fn unscaling() -> f32 {
  if (SCALED == 1u) { return scaling[3]; }
  return 1.0;
}
