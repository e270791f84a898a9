// Gradient of softmax, dx = y·(dy − Σ y·dy), or of its logarithm, dx = dy − exp(y)·Σ dy. All [rows, columns].

import package::lib::index::elementIndex;
import package::lib::nan::orNan;

struct Params { size: u32, columns: u32, logarithm: u32 }
@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn softmaxGradient(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let first = i * params.columns;
  var total = 0.0;
  for (var j = first; j < first + params.columns; j++) {
    total += select(y[j] * dy[j], dy[j], params.logarithm == 1u);
  }
  for (var j = first; j < first + params.columns; j++) {
    if (params.logarithm == 1u) { dx[j] = dy[j] - orNan(exp(y[j]), y[j]) * total; } else { dx[j] = y[j] * (dy[j] - total); }
  }
}
