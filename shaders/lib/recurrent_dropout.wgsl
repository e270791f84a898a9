// Recurrent dropout (Gal & Ghahramani 2016, as Keras has it): each gate sees the state before it through a mask of its
// own, one for a whole sequence. A draw is a pure function of seed, step, row and unit, so nothing is stored.

import package::lib::philox::{philox, uniform01};
import package::lib::step::step;

// 1 in pipelines that drop.
override DROPS: u32 = 0u;
// The first stream of a layer's draws is that of its inputs.
const STREAM = 1u;

// Of unit k of a row: for each gate 0, or 1 / (1 − rate).
fn gateMasks(row: u32, k: u32, units: u32, rate: f32, seed: u32) -> vec4f {
  let bits = philox(vec4u(row * units + k, step.iteration, STREAM, 0u), vec2u(seed, 0u));
  let draws = vec4f(uniform01(bits.x), uniform01(bits.y), uniform01(bits.z), uniform01(bits.w));
  return select(vec4f(0.0), vec4f(1.0 / (1.0 - rate)), draws >= vec4f(rate));
}

// The masks of unit k of four rows, bit 4·row + gate.
fn keptBits(rows: vec4u, k: u32, units: u32, rate: f32, seed: u32) -> u32 {
  var bits = 0u;
  for (var r = 0u; r < 4u; r++) {
    let kept = vec4u(gateMasks(rows[r], k, units, rate, seed) > vec4f(0.0)) << vec4u(0u, 1u, 2u, 3u);
    bits |= (kept.x | kept.y | kept.z | kept.w) << (4u * r);
  }
  return bits;
}

fn maskOf(bits: u32, gate: u32, rate: f32) -> vec4f {
  return vec4f((vec4u(bits) >> (vec4u(0u, 4u, 8u, 12u) + gate)) & vec4u(1u)) / (1.0 - rate);
}
