// order [outer, n, inner] = the places of entries along the middle axis of x in ascending order, of equal ones the first one first, NaN
// last. A thread counts how many entries come before its own.

import package::lib::index::elementIndex;

struct Params { size: u32, n: u32, inner: u32 }
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> order: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

// Bits whose order as integers is that of the floats.
fn keyOf(bits: u32) -> u32 {
  let magnitude = bits & 0x7fffffffu;
  let key = select(bits | 0x80000000u, ~bits, (bits > 0x7fffffffu) & (magnitude > 0u));
  return select(key, 0xffffffffu, magnitude > 0x7f800000u);
}

@compute @workgroup_size(64)
fn argsort(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let row = i / (params.n * params.inner) * params.n * params.inner + i % params.inner;
  let entry = (i / params.inner) % params.n;
  let own = keyOf(x[i]);
  var place = 0u;
  for (var j = 0u; j < params.n; j++) {
    let other = keyOf(x[row + j * params.inner]);
    place += select(0u, 1u, (other < own) | ((other == own) & (j < entry)));
  }
  order[row + place * params.inner] = f32(entry);
}
