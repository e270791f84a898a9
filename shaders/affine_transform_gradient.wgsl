// dx [B, H, W, C] of affine_transform.wgsl: the sum of dy [B, H, W, C] over all pixels of the result, as much of each as the pixel of x has.

import package::lib::index::elementIndex;
import package::lib::affine_transform::{Params, neighboursOf, shareOf};

@group(0) @binding(0) var<storage, read> transforms: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn affineTransformGradient(@builtin(global_invocation_id) id: vec3u) {
  let element = elementIndex(id);
  if (element >= params.size) { return; }
  let c = element % params.channels;
  let pixel = element / params.channels;
  let column = pixel % params.width;
  let row = pixel / params.width % params.height;
  let b = pixel / params.width / params.height;
  let t = 6u * b;
  let pixels = params.width * params.height;
  var sum = 0.0;
  for (var i = 0u; i < pixels; i++) {
    let u = f32(i % params.width);
    let v = f32(i / params.width);
    let across = transforms[t] * u + transforms[t + 1u] * v + transforms[t + 2u];
    let down = transforms[t + 3u] * u + transforms[t + 4u] * v + transforms[t + 5u];
    let columns = neighboursOf(across, params.width, params.mode, params.linear);
    let rows = neighboursOf(down, params.height, params.mode, params.linear);
    let weight = shareOf(rows, row) * shareOf(columns, column);
    if (weight != 0.0) { sum += weight * dy[(b * pixels + i) * params.channels + c]; }
  }
  dx[element] = sum;
}
