// Gradient of y = x / ‖x‖ along an axis: dx = (dy − y·Σ dy·y) / ‖x‖, or `most`·dy where the factor 1 / ‖x‖ was cut to `most`.
// x, dy, dx [outer, n, inner]. A thread owns a vector.

import package::lib::index::elementIndex;
import package::lib::nan::orNan;

struct Params { size: u32, n: u32, inner: u32, most: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn l2NormalizeGradient(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let first = (i / params.inner) * params.n * params.inner + i % params.inner;
  var squares = 0.0;
  var along = 0.0;
  for (var j = 0u; j < params.n; j++) {
    let entry = first + j * params.inner;
    squares += x[entry] * x[entry];
    along += x[entry] * dy[entry];
  }
  var factor = params.most;
  if (squares > 0.0) { factor = min(1.0 / sqrt(squares), params.most); }
  // Where the factor is a constant, it does not change with x.
  var share = select(along / squares, 0.0, factor == params.most);
  factor = orNan(factor, squares);
  for (var j = 0u; j < params.n; j++) {
    let entry = first + j * params.inner;
    dx[entry] = factor * (dy[entry] - share * x[entry]);
  }
}
