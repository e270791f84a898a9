// y = the maximum or the mean of each window; NaN where the window has a NaN.

import package::lib::index::elementIndex;
import package::lib::nan::exceeds;
import package::lib::pooling::{Params, offsetOf, sizeOf, windowAt};

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn pooling(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let c = i % params.channels;
  let column = i / params.channels % params.outWidth;
  let row = i / (params.channels * params.outWidth) % params.outRows;
  let b = i / (params.channels * params.outWidth * params.outRows);
  let window = windowAt(params, row, column);
  var sum = 0.0;
  var largest = x[offsetOf(params, b, window.slices.x, window.rows.x, window.columns.x, c)];
  for (var d = window.slices.x; d < window.slices.y; d++) {
    for (var h = window.rows.x; h < window.rows.y; h++) {
      for (var w = window.columns.x; w < window.columns.y; w++) {
        let value = x[offsetOf(params, b, d, h, w, c)];
        sum += value;
        if (exceeds(value, largest)) { largest = value; }
      }
    }
  }
  if (params.mean == 1u) { y[i] = sum / f32(sizeOf(window)); } else { y[i] = largest; }
}
