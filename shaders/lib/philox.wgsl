// Philox4x32-10 (Salmon et al., 2011): 128 random bits from a counter and a key, with no state between draws.
// Bit for bit the function in src/util/philox.ts.

// The upper 32 bits of a 64-bit product, from 16-bit halves: WGSL has no wide multiplication.
fn multiplyHigh(a: u32, b: u32) -> u32 {
  let aLow = a & 0xffffu;
  let aHigh = a >> 16u;
  let bLow = b & 0xffffu;
  let bHigh = b >> 16u;
  let middle = aHigh * bLow + ((aLow * bLow) >> 16u);
  let carry = aLow * bHigh + (middle & 0xffffu);
  return aHigh * bHigh + (middle >> 16u) + (carry >> 16u);
}

fn philox(counter: vec4u, key: vec2u) -> vec4u {
  var x = counter;
  var k = key;
  for (var round = 0u; round < 10u; round++) {
    let high0 = multiplyHigh(0xd2511f53u, x.x);
    let high1 = multiplyHigh(0xcd9e8d57u, x.z);
    x = vec4u(high1 ^ x.y ^ k.x, 0xcd9e8d57u * x.z, high0 ^ x.w ^ k.y, 0xd2511f53u * x.x);
    k += vec2u(0x9e3779b9u, 0xbb67ae85u);
  }
  return x;
}

// A float in [0, 1) from the upper 24 bits of a word: exact, so that the CPU backend draws the same.
fn uniform01(bits: u32) -> f32 {
  return f32(bits >> 8u) * 0x1p-24f;
}
