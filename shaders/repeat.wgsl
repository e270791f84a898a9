// y [outer, n, inner] = scale · x [outer, inner], repeated over the middle axis.

import package::lib::index::elementIndex;

struct Params { size: u32, n: u32, inner: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn repeat(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  y[i] = params.scale * x[i / (params.n * params.inner) * params.inner + i % params.inner];
}
