// dx of y = x ∗ kernel as an implicit product in tiles of workgroup memory: rows are input positions, columns a group's
// channels, k the windows' entries and filters (i, j, f); z is the group.

import package::lib::convolution::{Params, positionOf, rowSeeing};
import package::lib::index::tileIndex;
import package::lib::operand::{Operand, Operand4};
import package::lib::tiled::{SIDE, columnOf, rowOf, tiledProduct};

@group(0) @binding(0) var<storage, read> dy: array<Operand4>;
@group(0) @binding(1) var<storage, read> kernel: array<Operand>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

var<private> group: u32;

fn left(row: u32, k: u32) -> vec4f {
  let filters = params.filters / params.groups;
  let o = positionOf(row, params.rows, params.width);
  var found = vec4f();
  for (var l = 0u; l < 4u; l++) {
    let entry = (k + l) / filters;
    let oh = rowSeeing(params, o.row, entry / params.kernelWidth);
    // A coordinate below 0 wraps round to a huge number, so that one comparison finds both edges.
    let w = o.column + params.paddingLeft - entry % params.kernelWidth * params.dilationWidth;
    let ow = w / params.strideWidth;
    if (o.batch < params.batch && entry < params.kernelRows * params.kernelWidth && w % params.strideWidth == 0u
        && oh < params.outRows && ow < params.outWidth) {
      let position = (o.batch * params.outRows + oh) * params.outWidth + ow;
      let p = position * params.filters + group * filters + (k + l) % filters;
      // Four filters of one entry are one vector.
      if (filters % 4u == 0u) { return dy[p / 4u]; }
      found[l] = dy[p / 4u][p % 4u];
    } else if (filters % 4u == 0u) { break; }
  }
  return found;
}

fn right(k: u32, column: u32) -> vec4f {
  let filters = params.filters / params.groups;
  let channels = params.channels / params.groups;
  let entry = k / filters;
  if (entry >= params.kernelRows * params.kernelWidth) { return vec4f(); }
  let columns = entry * channels + min(column + vec4u(0u, 1u, 2u, 3u), vec4u(channels - 1u));
  let p = columns * params.filters + group * filters + k % filters;
  return vec4f(kernel[p.x], kernel[p.y], kernel[p.z], kernel[p.w]);
}

@compute @workgroup_size(SIDE, SIDE)
fn convolutionInputGradientTiled(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  let channels = params.channels / params.groups;
  let positions = params.batch * params.rows * params.width;
  let tile = tileIndex(workgroup, channels, positions, vec2u(4u * SIDE));
  group = tile.z;
  let sums = tiledProduct(local, tile, params.start, params.until, false, false);
  let product = array(sums.s0, sums.s1, sums.s2, sums.s3);
  let column = columnOf(local, tile);
  for (var r = 0u; r < 4u; r++) {
    let row = rowOf(r, local, tile);
    if (row >= positions) { break; }
    for (var c = 0u; c < 4u; c++) {
      if (column + c >= channels) { break; }
      let at = row * params.channels + group * channels + column + c;
      dx[at] = select(0.0, dx[at], params.start > 0u) + product[r][c];
    }
  }
}
