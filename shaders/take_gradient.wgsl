// dx [outer, n, inner] = for each entry of x the sum of dy [outer, count, inner] over the indices that name it, in their order.

import package::lib::index::elementIndex;

struct Params { size: u32, n: u32, count: u32, inner: u32, indexOuter: u32, indexEntry: u32, indexInner: u32 }
@group(0) @binding(0) var<storage, read> indices: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn takeGradient(@builtin(global_invocation_id) id: vec3u) {
  let element = elementIndex(id);
  if (element >= params.size) { return; }
  let inner = element % params.inner;
  let entry = (element / params.inner) % params.n;
  let outer = element / params.inner / params.n;
  let n = f32(params.n);
  var result = 0.0;
  for (var k = 0u; k < params.count; k++) {
    let index = indices[outer * params.indexOuter + k * params.indexEntry + inner * params.indexInner];
    let position = index + select(0.0, n, index < 0.0);
    if (position >= 0.0 && u32(position) == entry) {
      result += dy[(outer * params.count + k) * params.inner + inner];
    }
  }
  dx[element] = result;
}
