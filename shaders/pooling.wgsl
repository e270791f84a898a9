// y = the maximum or the mean of each window; NaN where the window has a NaN.

import package::lib::index::elementIndex;
import package::lib::nan::exceeds;
import package::lib::pooling::{Params, windowOf};

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn pooling(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let c = i % params.channels;
  let column = i / params.channels % params.outWidth;
  let row = i / (params.channels * params.outWidth) % params.outHeight;
  let b = i / (params.channels * params.outWidth * params.outHeight);
  let rows = windowOf(row, params.strideHeight, params.windowHeight, params.paddingTop, params.height);
  let columns = windowOf(column, params.strideWidth, params.windowWidth, params.paddingLeft, params.width);
  var sum = 0.0;
  var largest = x[((b * params.height + rows.x) * params.width + columns.x) * params.channels + c];
  for (var h = rows.x; h < rows.y; h++) {
    for (var w = columns.x; w < columns.y; w++) {
      let value = x[((b * params.height + h) * params.width + w) * params.channels + c];
      sum += value;
      if (exceeds(value, largest)) { largest = value; }
    }
  }
  let count = (rows.y - rows.x) * (columns.y - columns.x);
  if (params.mean == 1u) { y[i] = sum / f32(count); } else { y[i] = largest; }
}
