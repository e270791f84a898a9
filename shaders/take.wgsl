// y [outer, count, inner] = entries of x [outer, n, inner] along its middle axis, by indices that are numbers: of all outer and inner
// positions alike where their strides are 0, else of each. Indices below 0 count from the end; where x has no entry y is NaN.

import package::lib::index::elementIndex;

struct Params { size: u32, n: u32, count: u32, inner: u32, indexOuter: u32, indexEntry: u32, indexInner: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> indices: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn take(@builtin(global_invocation_id) id: vec3u) {
  let element = elementIndex(id);
  if (element >= params.size) { return; }
  let inner = element % params.inner;
  let entry = (element / params.inner) % params.count;
  let outer = element / params.inner / params.count;
  let index = indices[outer * params.indexOuter + entry * params.indexEntry + inner * params.indexInner];
  let n = f32(params.n);
  let position = index + select(0.0, n, index < 0.0);
  let isInside = position >= 0.0 && position < n;
  let place = (outer * params.n + u32(select(0.0, position, isInside))) * params.inner + inner;
  let value = x[place];
  y[element] = select(bitcast<f32>(bitcast<u32>(value) | 0x7fc00000u), value, isInside);
}
