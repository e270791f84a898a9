// dx = act'(x)·dy; `saved` is the activation's result or its argument, as `stored` of
// lib/activation.wgsl says. A thread computes four elements.

import package::lib::activation::slopeOf;
import package::lib::index::elementIndex;
import package::lib::operand::Operand;

struct Params { size: u32 }
@group(0) @binding(0) var<storage, read> saved: array<Operand>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

override ACTIVATION: u32 = 0u;

@compute @workgroup_size(64)
fn activationGradient(@builtin(global_invocation_id) id: vec3u) {
  let first = 4u * elementIndex(id);
  if (first >= params.size) { return; }
  let p = min(vec4u(first, first + 1u, first + 2u, first + 3u), vec4u(params.size - 1u));
  let slope = slopeOf(ACTIVATION, vec4f(saved[p.x], saved[p.y], saved[p.z], saved[p.w]));
  for (var k = 0u; k < 4u && first + k < params.size; k++) { dx[first + k] = slope[k] * dy[first + k]; }
}
