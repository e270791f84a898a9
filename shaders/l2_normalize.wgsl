// y = x / ‖x‖ along an axis: x, y [outer, n, inner]; the factor 1 / ‖x‖ is at most `most`, so that zeros stay zeros. A thread owns
// a vector.

import package::lib::index::elementIndex;
import package::lib::nan::orNan;

struct Params { size: u32, n: u32, inner: u32, most: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn l2Normalize(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let first = (i / params.inner) * params.n * params.inner + i % params.inner;
  var squares = 0.0;
  for (var j = 0u; j < params.n; j++) {
    let value = x[first + j * params.inner];
    squares += value * value;
  }
  var factor = params.most;
  if (squares > 0.0) { factor = min(1.0 / sqrt(squares), params.most); }
  factor = orNan(factor, squares);
  for (var j = 0u; j < params.n; j++) { y[first + j * params.inner] = factor * x[first + j * params.inner]; }
}
