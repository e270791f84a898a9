// y = scale · the sum of x over its middle axis, in the order of the axis: x [outer, n, inner] → y [outer, inner].

import package::lib::index::elementIndex;

struct Params { size: u32, n: u32, inner: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn sum(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let first = (i / params.inner) * params.n * params.inner + i % params.inner;
  var result = x[first];
  for (var k = 1u; k < params.n; k++) {
    result += x[first + k * params.inner];
  }
  y[i] = params.scale * result;
}
