// dx of an entry = Σ over the windows that it lies in: of means, a share of dy; of maxima, dy if the entry is the first that reaches
// the maximum, where NaN is greater than all numbers. A thread owns an entry of x, so that no two threads add to one.

import package::lib::index::elementIndex;
import package::lib::nan::exceeds;
import package::lib::pooling::{Params, VOLUMES, Window, offsetOf, outputsWith, sizeOf, windowAt};

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

// Whether entry i is the first in the window that reaches the maximum.
fn isFirstMaximum(i: u32, b: u32, c: u32, window: Window) -> bool {
  for (var d = window.slices.x; d < window.slices.y; d++) {
    for (var h = window.rows.x; h < window.rows.y; h++) {
      for (var w = window.columns.x; w < window.columns.y; w++) {
        let k = offsetOf(params, b, d, h, w, c);
        let isEarlier = k < i && !exceeds(x[i], x[k]);
        if (isEarlier || exceeds(x[k], x[i])) { return false; }
      }
    }
  }
  return true;
}

@compute @workgroup_size(64)
fn poolingGradient(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let c = i % params.channels;
  let column = i / params.channels % params.width;
  let row = i / (params.channels * params.width) % params.rows;
  let b = i / (params.channels * params.width * params.rows);
  var place = row;
  var slices = vec2u(0u, 1u);
  var rowsOfSlice = params.outRows;
  if (VOLUMES == 1u) {
    place = row % params.height;
    rowsOfSlice = params.outHeight;
    let outDepth = params.outRows / rowsOfSlice;
    slices = outputsWith(row / params.height, params.strideDepth, params.windowDepth, params.paddingFront, outDepth);
  }
  let rows = outputsWith(place, params.strideHeight, params.windowHeight, params.paddingTop, rowsOfSlice);
  let columns = outputsWith(column, params.strideWidth, params.windowWidth, params.paddingLeft, params.outWidth);
  var sum = 0.0;
  for (var od = slices.x; od < slices.y; od++) {
    for (var oh = rows.x; oh < rows.y; oh++) {
      for (var ow = columns.x; ow < columns.y; ow++) {
        let outRow = od * rowsOfSlice + oh;
        let window = windowAt(params, outRow, ow);
        let d = dy[((b * params.outRows + outRow) * params.outWidth + ow) * params.channels + c];
        if (params.mean == 1u) {
          sum += d / f32(sizeOf(window));
        } else if (isFirstMaximum(i, b, c, window)) {
          sum += d;
        }
      }
    }
  }
  dx[i] = sum;
}
