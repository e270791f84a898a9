// Gradient of softmax of scale·x, dx = scale·y·(dy − Σ y·dy), or of its logarithm, dx = scale·(dy − exp(y)·Σ dy). All
// [rows, columns]. A thread owns a row.

import package::lib::index::elementIndex;
import package::lib::nan::orNan;

struct Params { size: u32, columns: u32, logarithm: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn softmaxGradient(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let first = i * params.columns;
  let logarithm = params.logarithm == 1u;
  var total = 0.0;
  for (var j = first; j < first + params.columns; j++) { total += select(y[j] * dy[j], dy[j], logarithm); }
  for (var j = first; j < first + params.columns; j++) {
    dx[j] = params.scale * select(y[j] * (dy[j] - total), dy[j] - orNan(exp(y[j]), y[j]) * total, logarithm);
  }
}
