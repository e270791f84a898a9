// Recurrent dropout (Gal & Ghahramani 2016, as Keras has it): each gate sees the state through a
// separate mask, the same for a whole sequence. A draw is a pure function of seed, iteration, row and unit, so no mask is stored.

import package::lib::philox::{philox, uniform01};
import package::lib::step::step;

// 1 in pipelines with dropout.
override DROPS: u32 = 0u;
// Stream 0 of a layer's draws is for its inputs.
const STREAM = 1u;

// The factor of unit k of a row for each gate: 0, or 1 / (1 − rate).
fn gateMasks(row: u32, k: u32, units: u32, rate: f32, seed: u32) -> vec4f {
  let bits = philox(vec4u(row * units + k, step.iteration, STREAM, 0u), vec2u(seed, 0u));
  let draws = vec4f(uniform01(bits.x), uniform01(bits.y), uniform01(bits.z), uniform01(bits.w));
  return select(vec4f(0.0), vec4f(1.0 / (1.0 - rate)), draws >= vec4f(rate));
}

// The masks of unit k of four rows: bit 4·row + gate is 1 where the gate sees the unit.
fn maskBits(rows: vec4u, k: u32, units: u32, rate: f32, seed: u32) -> u32 {
  var bits = 0u;
  for (var r = 0u; r < 4u; r++) {
    let seen = vec4u(gateMasks(rows[r], k, units, rate, seed) > vec4f(0.0)) << vec4u(0u, 1u, 2u, 3u);
    bits |= (seen.x | seen.y | seen.z | seen.w) << (4u * r);
  }
  return bits;
}

fn maskOf(bits: u32, gate: u32, rate: f32) -> vec4f {
  let seen = (vec4u(bits) >> (vec4u(0u, 4u, 8u, 12u) + gate)) & vec4u(1u);
  return select(vec4f(0.0), vec4f(1.0 / (1.0 - rate)), seen == vec4u(1u));
}
