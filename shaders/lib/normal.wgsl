// A number of the normal distribution with mean 0 and deviation 1 from 64 random bits (Box and Muller 1958), in integers throughout, so
// that every device draws the same bits. Bit for bit the function in src/ops/normal.ts.

import package::lib::philox::multiplyHigh;

// a·b·2⁻³², rounded down; b is unsigned.
fn scaled(a: i32, b: u32) -> i32 {
  return bitcast<i32>(multiplyHigh(bitcast<u32>(a), b) - select(0u, b, a < 0));
}

// ⌊√(n·2¹⁶)⌋: a root in floats, which devices round differently, and then the integer itself.
fn root(n: u32) -> u32 {
  var r = u32(sqrt(f32(n)) * 256.0);
  let high = n >> 16u;
  let low = n << 16u;
  for (var i = 0u; i < 16u; i++) {
    let squareHigh = multiplyHigh(r, r);
    if (squareHigh > high || (squareHigh == high && r * r > low)) { r--; }
  }
  for (var i = 0u; i < 16u; i++) {
    let next = r + 1u;
    let squareHigh = multiplyHigh(next, next);
    if (squareHigh < high || (squareHigh == high && next * next <= low)) { r = next; }
  }
  return r;
}

fn standardNormal(bits: vec2u) -> f32 {
  // −2 ln(u), in units of 2⁻²⁶, of u = bits·2⁻³² = 2⁻ᵉ⁻¹·(1 + f); ln(1 + f) is a polynomial in units of 2⁻³⁰.
  let u = max(bits.x, 1u);
  let e = countLeadingZeros(u);
  let f = (u << e) << 1u;
  var logarithm = -2427725;
  logarithm = 16165559 + scaled(logarithm, f);
  logarithm = -50520772 + scaled(logarithm, f);
  logarithm = 101743012 + scaled(logarithm, f);
  logarithm = -156057253 + scaled(logarithm, f);
  logarithm = 207787834 + scaled(logarithm, f);
  logarithm = -267061634 + scaled(logarithm, f);
  logarithm = 357751363 + scaled(logarithm, f);
  logarithm = -536860845 + scaled(logarithm, f);
  logarithm = 1073741577 + scaled(logarithm, f);
  logarithm = max(1 + scaled(logarithm, f), 0);
  let whole = (e + 1u) * 93032640u;
  let radius = root(whole - min(u32(logarithm) >> 3u, whole));
  // cos(½πt) of t in [0, 1), a polynomial in t², in units of 2⁻²⁹; the other quadrants are its signs.
  let t = bits.y << 1u;
  let square = multiplyHigh(t, t);
  var cosine = -12790;
  cosine = 492699 + scaled(cosine, square);
  cosine = -11200570 + scaled(cosine, square);
  cosine = 136187680 + scaled(cosine, square);
  cosine = -662337931 + scaled(cosine, square);
  cosine = clamp(536870912 + scaled(cosine, square), 0, 536870911);
  // 24 bits, which a float holds: units of 2⁻²¹.
  let magnitude = (multiplyHigh(radius << 8u, u32(cosine) << 3u) + 128u) >> 8u;
  return select(1.0, -1.0, bits.y >> 31u == 1u) * f32(magnitude) * 0x1p-21f;
}
