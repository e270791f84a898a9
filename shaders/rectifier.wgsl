// y = x above the threshold, at most `limit` if there is one; below it alpha·(x − threshold), or with EXPONENTIAL alpha·(eˣ − 1).
// A thread computes four elements.

import package::lib::activation::expm1;
import package::lib::index::elementIndex;
import package::lib::nan::orNan4;

struct Params { size: u32, alpha: f32, threshold: f32, hasLimit: u32, limit: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

override EXPONENTIAL: u32 = 0u;

fn below(v: vec4f) -> vec4f {
  if (EXPONENTIAL == 1u) { return params.alpha * expm1(v); }
  // Zero times an infinite number would be NaN.
  return select(params.alpha * (v - params.threshold), vec4f(0.0), vec4<bool>(params.alpha == 0.0));
}

@compute @workgroup_size(64)
fn rectifier(@builtin(global_invocation_id) id: vec3u) {
  let first = 4u * elementIndex(id);
  if (first >= params.size) { return; }
  let p = min(vec4u(first, first + 1u, first + 2u, first + 3u), vec4u(params.size - 1u));
  let v = vec4f(x[p.x], x[p.y], x[p.z], x[p.w]);
  let above = select(v, min(v, vec4f(params.limit)), params.hasLimit == 1u);
  let result = orNan4(select(below(v), above, v > vec4f(params.threshold)), v);
  for (var k = 0u; k < 4u && first + k < params.size; k++) { y[first + k] = result[k]; }
}
