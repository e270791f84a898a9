// f16 (IEEE binary16) by its bits, because WGSL does not define how pack2x16float rounds, nor its result for numbers too large.

// Four floats as f16, rounded to nearest with ties to even; beyond 65504 infinity.
fn f16Bits(x: vec4f) -> vec4u {
  let bits = bitcast<vec4u>(x);
  let magnitude = bits & vec4u(0x7fffffffu);
  // Normal: the exponent's bias changes, and the fraction loses 13 bits.
  let normal = (magnitude - 0x38000000u + 0xfffu + ((magnitude >> vec4u(13u)) & vec4u(1u))) >> vec4u(13u);
  // Subnormal: the fraction with its leading bit, shifted to units of 2⁻²⁴.
  let fraction = (magnitude & vec4u(0x7fffffu)) | vec4u(0x800000u);
  let shift = min(126u - min(magnitude >> vec4u(23u), vec4u(126u)), vec4u(31u));
  let tie = (vec4u(1u) << (max(shift, vec4u(1u)) - 1u)) - 1u + ((fraction >> shift) & vec4u(1u));
  let subnormal = (fraction + tie) >> shift;
  var rounded = select(subnormal, normal, magnitude >= vec4u(0x38800000u));
  rounded = select(rounded, vec4u(0x7c00u), magnitude >= vec4u(0x477ff000u));
  rounded = select(rounded, vec4u(0x7e00u), magnitude > vec4u(0x7f800000u));
  return rounded | ((bits >> vec4u(16u)) & vec4u(0x8000u));
}

fn packF16(x: vec4f) -> vec2u {
  let rounded = f16Bits(x);
  return rounded.xz | (rounded.yw << vec2u(16u));
}
