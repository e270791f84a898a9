// y = where along its middle axis x is largest, or smallest, as a number; of equal ones the first: x [outer, n, inner] → y [outer, inner].

import package::lib::index::elementIndex;
import package::lib::nan::exceeds;

struct Params { size: u32, n: u32, inner: u32, isMinimum: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn argExtreme(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let first = (i / params.inner) * params.n * params.inner + i % params.inner;
  let sign = select(1.0, -1.0, params.isMinimum == 1u);
  var best = sign * x[first];
  var found = 0u;
  for (var k = 1u; k < params.n; k++) {
    let value = sign * x[first + k * params.inner];
    if (exceeds(value, best)) {
      best = value;
      found = k;
    }
  }
  y[i] = f32(found);
}
