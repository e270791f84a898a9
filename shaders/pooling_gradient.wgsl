// dx of an entry = Σ over the windows that it lies in: of means, a share of dy; of maxima, dy if the entry is the first that reaches
// the maximum, where NaN is greater than all numbers. A thread owns an entry of x, so that no two threads add to one.

import package::lib::index::elementIndex;
import package::lib::nan::exceeds;
import package::lib::pooling::{Params, windowOf};

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

// Whether entry i is the first in the window that reaches the maximum.
fn isFirstMaximum(i: u32, b: u32, c: u32, rows: vec2u, columns: vec2u) -> bool {
  for (var h = rows.x; h < rows.y; h++) {
    for (var w = columns.x; w < columns.y; w++) {
      let k = ((b * params.height + h) * params.width + w) * params.channels + c;
      let isEarlier = k < i && !exceeds(x[i], x[k]);
      if (isEarlier || exceeds(x[k], x[i])) { return false; }
    }
  }
  return true;
}

@compute @workgroup_size(64)
fn poolingGradient(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let c = i % params.channels;
  let column = i / params.channels % params.width + params.paddingLeft;
  let row = i / (params.channels * params.width) % params.height + params.paddingTop;
  let b = i / (params.channels * params.width * params.height);
  // The windows with this entry start at most a window's length before it.
  let firstRow = (max(row + 1u, params.windowHeight) - params.windowHeight + params.strideHeight - 1u) / params.strideHeight;
  let firstColumn = (max(column + 1u, params.windowWidth) - params.windowWidth + params.strideWidth - 1u) / params.strideWidth;
  var sum = 0.0;
  for (var oh = firstRow; oh < params.outHeight && oh * params.strideHeight <= row; oh++) {
    for (var ow = firstColumn; ow < params.outWidth && ow * params.strideWidth <= column; ow++) {
      let rows = windowOf(oh, params.strideHeight, params.windowHeight, params.paddingTop, params.height);
      let columns = windowOf(ow, params.strideWidth, params.windowWidth, params.paddingLeft, params.width);
      let d = dy[((b * params.outHeight + oh) * params.outWidth + ow) * params.channels + c];
      if (params.mean == 1u) {
        sum += d / f32((rows.y - rows.x) * (columns.y - columns.x));
      } else if (isFirstMaximum(i, b, c, rows, columns)) {
        sum += d;
      }
    }
  }
  dx[i] = sum;
}
