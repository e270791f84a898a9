// y = act(x), elementwise; a thread computes four elements.

import package::lib::activation::activate;
import package::lib::index::elementIndex;

struct Params { size: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

override ACTIVATION: u32 = 0u;

@compute @workgroup_size(64)
fn activation(@builtin(global_invocation_id) id: vec3u) {
  let first = 4u * elementIndex(id);
  if (first >= params.size) { return; }
  let p = min(vec4u(first, first + 1u, first + 2u, first + 3u), vec4u(params.size - 1u));
  let result = activate(ACTIVATION, vec4f(x[p.x], x[p.y], x[p.z], x[p.w]));
  for (var k = 0u; k < 4u && first + k < params.size; k++) { y[first + k] = result[k]; }
}
