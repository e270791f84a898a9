// y = x as f16, two to a word. A thread rounds four. Where a result is infinite or NaN, the kernel sets a flag in
// `overflowed`, the memory that loss_scale.wgsl reads as `scaling`.

import package::lib::f16::packF16;
import package::lib::index::elementIndex;

struct Params { size: u32, reports: u32 }
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec2u>;
@group(0) @binding(2) var<storage, read_write> overflowed: array<atomic<u32>>;
@group(0) @binding(3) var<uniform> params: Params;

// The bits of 1 as f32.
const ONE = 0x3f800000u;

@compute @workgroup_size(64)
fn toF16(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= (params.size + 3u) / 4u) { return; }
  let words = packF16(x[i]);
  y[i] = words;
  // Numbers past the last element of x are rounded, too, but must not set the flag.
  let exponents = vec4u(words & vec2u(0x7c00u), words & vec2u(0x7c000000u)) >= vec4u(0x7c00u, 0x7c00u, 0x7c000000u, 0x7c000000u);
  let inside = (vec4u(4u * i) + vec4u(0u, 2u, 1u, 3u)) < vec4u(params.size);
  if (params.reports == 1u && any(exponents & inside)) { atomicStore(&overflowed[4], ONE); }
}
