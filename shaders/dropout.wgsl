// y = x / (1 − rate) where a draw keeps x, else 0. The draw is a pure function of seed, iteration and element, so the
// gradient needs no stored mask. x, y [outer, n, inner]; one draw serves all n.

import package::lib::step::step;
import package::lib::philox::{philox, uniform01};
import package::lib::index::elementIndex;

struct Params { size: u32, n: u32, inner: u32, rate: f32, seed: u32, stream: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn dropout(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let element = i / (params.n * params.inner) * params.inner + i % params.inner;
  let bits = philox(vec4u(element / 4u, step.iteration, params.stream, 0u), vec2u(params.seed, 0u));
  let keep = uniform01(bits[element % 4u]) >= params.rate;
  y[i] = select(0.0, x[i] / (1.0 - params.rate), keep);
}
