// y [B, H, W, C] = images x [B, H, W, C] seen through a transform of each, transforms [B, 6] (lib/affine_transform.wgsl): bilinear between
// pixels, or the nearest one; where x has none, what lies behind its edges.

import package::lib::index::elementIndex;
import package::lib::affine_transform::{Params, neighboursOf};

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> transforms: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn affineTransform(@builtin(global_invocation_id) id: vec3u) {
  let element = elementIndex(id);
  if (element >= params.size) { return; }
  let c = element % params.channels;
  let pixel = element / params.channels;
  let u = f32(pixel % params.width);
  let v = f32(pixel / params.width % params.height);
  let b = pixel / params.width / params.height;
  let t = 6u * b;
  let across = transforms[t] * u + transforms[t + 1u] * v + transforms[t + 2u];
  let down = transforms[t + 3u] * u + transforms[t + 4u] * v + transforms[t + 5u];
  let columns = neighboursOf(across, params.width, params.mode, params.linear);
  let rows = neighboursOf(down, params.height, params.mode, params.linear);
  var sum = 0.0;
  for (var k = 0u; k < 4u; k++) {
    let isBelow = k > 1u;
    let isRight = k % 2u == 1u;
    let weight = select(1.0 - rows.part, rows.part, isBelow) * select(1.0 - columns.part, columns.part, isRight);
    // What has no weight may be infinite, and does not count.
    if (weight == 0.0) { continue; }
    let row = select(rows.first, rows.second, isBelow);
    let column = select(columns.first, columns.second, isRight);
    let isThere = row >= 0 && column >= 0;
    let at = (b * params.height + u32(max(row, 0))) * params.width + u32(max(column, 0));
    sum += weight * select(params.value, x[at * params.channels + c], isThere);
  }
  y[element] = sum;
}
