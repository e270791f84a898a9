// Tests for NaN by the bits, because compilers may assume that no NaN exists and remove comparisons.

fn isNan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }

fn isNan4(x: vec4f) -> vec4<bool> { return (bitcast<vec4u>(x) & vec4u(0x7fffffffu)) > vec4u(0x7f800000u); }

// y, or x where x is NaN.
fn orNan(y: f32, x: f32) -> f32 { return select(y, x, isNan(x)); }

fn orNan4(y: vec4f, x: vec4f) -> vec4f { return select(y, x, isNan4(x)); }

// y, or NaN where x is infinite or NaN.
fn ifFinite(y: f32, x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  return select(y, bitcast<f32>(bits | 0x7fc00000u), (bits & 0x7f800000u) == 0x7f800000u);
}

// Whether a is greater than b, NaN being greater than all numbers, so that a maximum over values with a NaN is NaN.
fn exceeds(a: f32, b: f32) -> bool {
  return select(isNan(a) || a > b, false, isNan(b));
}
