// y = scale·x + shift, elementwise.

import package::lib::index::elementIndex;

struct Params { size: u32, scale: f32, shift: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn affine(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  y[i] = params.scale * x[i] + params.shift;
}
