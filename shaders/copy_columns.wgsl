// y [rows, width] = columns of x [rows, columns], zeros beside them: y[:, start + j] = x[:, first + j], j < count.

import package::lib::index::elementIndex;

struct Params { size: u32, columns: u32, width: u32, first: u32, start: u32, count: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn copyColumns(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let row = i / params.width;
  let column = i % params.width;
  var value = 0.0;
  if (column >= params.start && column - params.start < params.count) {
    value = x[row * params.columns + params.first + column - params.start];
  }
  y[i] = value;
}
