// y = the sums, or the products, of x along its middle axis up to each entry, from the end where REVERSE, without the entry itself
// where EXCLUSIVE: x [outer, n, inner] → y [outer, n, inner]. A thread runs along the axis.

import package::lib::index::elementIndex;

struct Params { size: u32, n: u32, inner: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

override PRODUCT: u32 = 0u;
override REVERSE: u32 = 0u;
override EXCLUSIVE: u32 = 0u;

@compute @workgroup_size(64)
fn scan(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let first = (i / params.inner) * params.n * params.inner + i % params.inner;
  var result = f32(PRODUCT);
  for (var step = 0u; step < params.n; step++) {
    let k = select(step, params.n - 1u - step, REVERSE == 1u);
    let at = first + k * params.inner;
    if (EXCLUSIVE == 1u) { y[at] = result; }
    if (PRODUCT == 1u) { result *= x[at]; } else { result += x[at]; }
    if (EXCLUSIVE == 0u) { y[at] = result; }
  }
}
