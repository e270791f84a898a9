// Random numbers. A draw is a pure function of seed, iteration and element, so that the CPU draws the same bits. Codes: 0 uniform in
// [low, high), 1 normal with mean low and deviation high, 2 the same within two deviations.

import package::lib::step::step;
import package::lib::philox::{philox, uniform01};
import package::lib::index::elementIndex;
import package::lib::normal::standardNormal;

struct Params { size: u32, code: u32, low: f32, high: f32, seed: u32, isFixed: u32 }
@group(0) @binding(0) var<storage, read_write> y: array<f32>;
@group(0) @binding(1) var<uniform> params: Params;

// low + scale·x, each rounded: the compiler does not know that the bits stay, and so makes no fused product and sum of it.
fn placed(x: f32, scale: f32) -> f32 {
  return params.low + bitcast<f32>(bitcast<u32>(scale * x) ^ (params.isFixed >> 1u));
}

@compute @workgroup_size(64)
fn random(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let iteration = select(step.iteration, 0u, params.isFixed == 1u);
  let bits = philox(vec4u(i, iteration, 0u, 1u), vec2u(params.seed, 0u));
  if (params.code == 0u) {
    y[i] = placed(uniform01(bits.x), params.high - params.low);
    return;
  }
  var normal = standardNormal(bits.xy);
  // Drawn anew beyond two deviations, one time in 22.
  for (var again = 1u; params.code == 2u && abs(normal) > 2.0; again++) {
    if (again == 16u) { normal = 0.0; break; }
    normal = standardNormal(philox(vec4u(i, iteration, again, 1u), vec2u(params.seed, 0u)).xy);
  }
  y[i] = placed(normal, params.high);
}
