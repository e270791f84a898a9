// y = x with zeros around its rows and columns, or without its outer ones: x [B, H, W, C] → y [B, OH, OW, C], where entry
// (row, column) of y is (row − top, column − left) of x.

import package::lib::index::elementIndex;

struct Params {
  size: u32,
  height: u32, width: u32, channels: u32, outHeight: u32, outWidth: u32,
  // Negative where rows or columns are left out.
  top: i32, left: i32,
}
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn pad(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let c = i % params.channels;
  let b = i / (params.channels * params.outWidth * params.outHeight);
  // A coordinate below 0 wraps round to a huge number, so that one comparison finds both edges.
  let column = u32(i32(i / params.channels % params.outWidth) - params.left);
  let row = u32(i32(i / (params.channels * params.outWidth) % params.outHeight) - params.top);
  var value = 0.0;
  if (row < params.height && column < params.width) {
    value = x[((b * params.height + row) * params.width + column) * params.channels + c];
  }
  y[i] = value;
}
