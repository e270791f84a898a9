// dx = dy times the slope of rectifier.wgsl: 1 above the threshold, 0 from the limit on, below alpha or alpha·eˣ. A thread computes
// four elements.

import package::lib::activation::decay;
import package::lib::index::elementIndex;
import package::lib::nan::orNan4;

struct Params { size: u32, alpha: f32, threshold: f32, hasLimit: u32, limit: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

override EXPONENTIAL: u32 = 0u;

fn below(v: vec4f) -> vec4f {
  if (EXPONENTIAL == 1u) { return params.alpha * decay(v); }
  return vec4f(params.alpha);
}

@compute @workgroup_size(64)
fn rectifierGradient(@builtin(global_invocation_id) id: vec3u) {
  let first = 4u * elementIndex(id);
  if (first >= params.size) { return; }
  let p = min(vec4u(first, first + 1u, first + 2u, first + 3u), vec4u(params.size - 1u));
  let v = vec4f(x[p.x], x[p.y], x[p.z], x[p.w]);
  let above = select(vec4f(1.0), vec4f(0.0), (v >= vec4f(params.limit)) & vec4<bool>(params.hasLimit == 1u));
  let slope = orNan4(select(below(v), above, v > vec4f(params.threshold)), v);
  for (var k = 0u; k < 4u && first + k < params.size; k++) { dx[first + k] = slope[k] * dy[first + k]; }
}
