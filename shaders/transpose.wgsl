// y = x with its axes in another order: strides, in y's order of axes, lead from an entry of y to its entry of x. Params
// has the extents of four axes; a fifth, outside of them, takes the remaining entries.

import package::lib::index::elementIndex;

struct Params { size: u32, outerStride: u32, shape: vec4u, strides: vec4u }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn transpose(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let shape = params.shape;
  // Entries of y from one index to the next along each of the four axes.
  let spans = vec4u(shape.y * shape.z * shape.w, shape.z * shape.w, shape.w, 1u);
  let outer = i / (shape.x * spans.x);
  y[i] = x[outer * params.outerStride + dot(i / spans % shape, params.strides)];
}
