// Random numbers. A draw is a pure function of seed, iteration and element, so that the CPU draws the same. Codes: 0 uniform in
// [low, high), 1 normal with mean low and deviation high, 2 the same within two deviations.

import package::lib::step::step;
import package::lib::philox::{philox, uniform01};
import package::lib::index::elementIndex;
import package::lib::pointwise::{pointwiseCos, pointwiseLog};

struct Params { size: u32, code: u32, low: f32, high: f32, seed: u32, isFixed: u32 }
@group(0) @binding(0) var<storage, read_write> y: array<f32>;
@group(0) @binding(1) var<uniform> params: Params;

// The inverse of erf for |x| up to 0.99 (Giles 2010).
fn inverseErf(x: f32) -> f32 {
  let w = -pointwiseLog(vec4f((1.0 - x) * (1.0 + x))).x - 2.5;
  var p = 2.81022636e-8;
  p = 3.43273939e-7 + p * w;
  p = -3.5233877e-6 + p * w;
  p = -4.39150654e-6 + p * w;
  p = 0.00021858087 + p * w;
  p = -0.00125372503 + p * w;
  p = -0.00417768164 + p * w;
  p = 0.246640727 + p * w;
  return (1.50140941 + p * w) * x;
}

@compute @workgroup_size(64)
fn random(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let iteration = select(step.iteration, 0u, params.isFixed == 1u);
  let bits = philox(vec4u(i, iteration, 0u, 1u), vec2u(params.seed, 0u));
  let u = uniform01(bits.x);
  // Box and Muller: 1 − u is never 0.
  let normal = sqrt(-2.0 * pointwiseLog(vec4f(1.0 - u)).x) * pointwiseCos(vec4f(6.283185307179586 * uniform01(bits.y))).x;
  let within = 1.4142135623730951 * inverseErf((2.0 * u - 1.0) * 0.9544997361036416);
  let drawn = params.low + params.high * select(normal, within, params.code == 2u);
  y[i] = select(drawn, params.low + (params.high - params.low) * u, params.code == 0u);
}
