// y = the largest number, the smallest one or the product of x over its middle axis: x [outer, n, inner] → y [outer, inner].

import package::lib::index::elementIndex;
import package::lib::nan::exceeds;

struct Params { size: u32, n: u32, inner: u32, code: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn fold(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let first = (i / params.inner) * params.n * params.inner + i % params.inner;
  var result = x[first];
  for (var k = 1u; k < params.n; k++) {
    let value = x[first + k * params.inner];
    switch params.code {
      case 0u: { result = select(value, result, exceeds(result, value)); }
      case 1u: { result = select(value, result, exceeds(-result, -value)); }
      default: { result *= value; }
    }
  }
  y[i] = result;
}
