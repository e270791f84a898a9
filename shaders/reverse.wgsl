// y = x with its middle axis reversed: x, y [outer, n, inner].

import package::lib::index::elementIndex;

struct Params { size: u32, n: u32, inner: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn reverse(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let j = i % params.inner;
  let k = (i / params.inner) % params.n;
  y[i] = x[i + (params.n - 1u - k) * params.inner - k * params.inner];
}
