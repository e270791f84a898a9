// y = Σ scale·tanh(q + k) over features, for each query and key: q [batch, queries, features], k [batch, keys, features], scale
// [features] or none, y [batch, queries, keys]. A thread owns an entry of y.

import package::lib::activation::{TANH_CODE, activate};
import package::lib::index::elementIndex;

struct Params { size: u32, queries: u32, keys: u32, features: u32, hasScale: u32 }
@group(0) @binding(0) var<storage, read> q: array<f32>;
@group(0) @binding(1) var<storage, read> k: array<f32>;
@group(0) @binding(2) var<storage, read> scale: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn additiveScores(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let query = i / params.keys;
  let key = query / params.queries * params.keys + i % params.keys;
  var sum = 0.0;
  // Four features at a time; those past the last count for nothing.
  for (var f = 0u; f < params.features; f += 4u) {
    let at = min(vec4u(f) + vec4u(0u, 1u, 2u, 3u), vec4u(params.features - 1u));
    let p = query * params.features + at;
    let r = key * params.features + at;
    let bent = activate(TANH_CODE, vec4f(q[p.x], q[p.y], q[p.z], q[p.w]) + vec4f(k[r.x], k[r.y], k[r.z], k[r.w]));
    var factors = vec4f(1.0);
    if (params.hasScale == 1u) { factors = vec4f(scale[at.x], scale[at.y], scale[at.z], scale[at.w]); }
    sum += dot(bent, select(vec4f(), factors, vec4u(f) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.features)));
  }
  y[i] = sum;
}
