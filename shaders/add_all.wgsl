// y = scale·(a + b + …), up to seven tensors of one shape, in this order; `count` says how many there are.

import package::lib::index::elementIndex;

struct Params { size: u32, count: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read> c: array<f32>;
@group(0) @binding(3) var<storage, read> d: array<f32>;
@group(0) @binding(4) var<storage, read> e: array<f32>;
@group(0) @binding(5) var<storage, read> f: array<f32>;
@group(0) @binding(6) var<storage, read> g: array<f32>;
@group(0) @binding(7) var<storage, read_write> y: array<f32>;
@group(0) @binding(8) var<uniform> params: Params;

@compute @workgroup_size(64)
fn addAll(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  var sum = a[i] + b[i];
  if (params.count > 2u) { sum += c[i]; }
  if (params.count > 3u) { sum += d[i]; }
  if (params.count > 4u) { sum += e[i]; }
  if (params.count > 5u) { sum += f[i]; }
  if (params.count > 6u) { sum += g[i]; }
  y[i] = params.scale * sum;
}
