// dx of y = x ∗ kernel: rows are input positions, columns the group's channels, the sum runs over the windows that a
// position lies in and the group's filters. Each thread owns 4 positions × 4 channels; z is the group.

import package::lib::convolution::{Params, positionOf, rowSeeing};
import package::lib::index::tileIndex;
import package::lib::operand::Operand;

@group(0) @binding(0) var<storage, read> dy: array<Operand>;
@group(0) @binding(1) var<storage, read> kernel: array<Operand>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

const LANES = vec4u(0u, 1u, 2u, 3u);

// Stores a row's part; columns from `end` on belong to the next group.
fn store(row: u32, columns: vec4u, end: u32, sum: vec4f) {
  if (row >= params.batch * params.rows * params.width) { return; }
  for (var j = 0u; j < 4u; j++) {
    if (columns[j] < end) { dx[row * params.channels + columns[j]] = sum[j]; }
  }
}

@compute @workgroup_size(8, 8)
fn convolutionInputGradient(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  let filters = params.filters / params.groups;
  let channels = params.channels / params.groups;
  let positions = params.batch * params.rows * params.width;
  let tile = tileIndex(workgroup, channels, positions, vec2u(32u));
  let rows = (tile.y * 8u + local.y) * 4u + LANES;
  let column = (tile.x * 8u + local.x) * 4u;
  if (rows.x >= positions || column >= channels) { return; }
  let inside = min(column + LANES, vec4u(channels - 1u));
  var s0 = vec4f(); var s1 = vec4f(); var s2 = vec4f(); var s3 = vec4f();
  for (var i = 0u; i < params.kernelRows; i++) {
    for (var j = 0u; j < params.kernelWidth; j++) {
      // The output position whose window sees each row at (i, j), if there is one.
      var at = vec4u();
      var counts = vec4f();
      for (var r = 0u; r < 4u; r++) {
        let p = positionOf(rows[r], params.rows, params.width);
        let oh = rowSeeing(params, p.row, i);
        let w = p.column + params.paddingLeft - j * params.dilationWidth;
        let ow = w / params.strideWidth;
        // A coordinate below 0 wraps round to a huge number, so that one comparison finds both edges.
        if (p.batch < params.batch && w % params.strideWidth == 0u && oh < params.outRows
            && ow < params.outWidth) {
          at[r] = ((p.batch * params.outRows + oh) * params.outWidth + ow) * params.filters + tile.z * filters;
          counts[r] = 1.0;
        }
      }
      let k = ((i * params.kernelWidth + j) * channels + inside) * params.filters + tile.z * filters;
      for (var f = 0u; f < filters; f++) {
        let p = counts * vec4f(dy[at.x + f], dy[at.y + f], dy[at.z + f], dy[at.w + f]);
        let q = vec4f(kernel[k.x + f], kernel[k.y + f], kernel[k.z + f], kernel[k.w + f]);
        s0 += p.x * q; s1 += p.y * q; s2 += p.z * q; s3 += p.w * q;
      }
    }
  }
  let columns = tile.z * channels + column + LANES;
  let end = (tile.z + 1u) * channels;
  store(rows.x, columns, end, s0);
  store(rows.y, columns, end, s1);
  store(rows.z, columns, end, s2);
  store(rows.w, columns, end, s3);
}
