// y = act(x ∗ kernel + bias) as an implicit matrix product: rows are output positions, columns filters, the sum runs over
// the window and the group's channels. Each thread owns 4 positions × 4 filters in registers; z is the group.

import package::lib::convolution::{positionOf, rowSeen};
import package::lib::convolution_output::{params, store};
import package::lib::index::tileIndex;
import package::lib::operand::Operand;

@group(0) @binding(0) var<storage, read> x: array<Operand>;
@group(0) @binding(1) var<storage, read> kernel: array<Operand>;

const LANES = vec4u(0u, 1u, 2u, 3u);

@compute @workgroup_size(8, 8)
fn convolution(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  let perGroup = params.filters / params.groups;
  let channels = params.channels / params.groups;
  let positions = params.batch * params.outRows * params.outWidth;
  let tile = tileIndex(workgroup, perGroup, positions, vec2u(32u));
  let rows = (tile.y * 8u + local.y) * 4u + LANES;
  let column = (tile.x * 8u + local.x) * 4u;
  if (rows.x >= positions || column >= perGroup) { return; }
  let columns = tile.z * perGroup + column + LANES;
  let end = (tile.z + 1u) * perGroup;
  let inside = min(columns, vec4u(end - 1u));
  var s0 = vec4f(); var s1 = vec4f(); var s2 = vec4f(); var s3 = vec4f();
  for (var i = 0u; i < params.kernelRows; i++) {
    for (var j = 0u; j < params.kernelWidth; j++) {
      // The offset that each row's window reads; entries in the padding read the first value, times 0.
      var at = vec4u();
      var counts = vec4f();
      for (var r = 0u; r < 4u; r++) {
        let p = positionOf(rows[r], params.outRows, params.outWidth);
        let h = rowSeen(params, p.row, i);
        let w = p.column * params.strideWidth + j * params.dilationWidth - params.paddingLeft;
        // A coordinate below 0 wraps round to a huge number, so that one comparison finds both edges.
        if (p.batch < params.batch && h < params.rows && w < params.width) {
          at[r] = ((p.batch * params.rows + h) * params.width + w) * params.channels + tile.z * channels;
          counts[r] = 1.0;
        }
      }
      var k = (i * params.kernelWidth + j) * channels * params.filters;
      for (var c = 0u; c < channels; c++) {
        let p = counts * vec4f(x[at.x + c], x[at.y + c], x[at.z + c], x[at.w + c]);
        let q = vec4f(kernel[k + inside.x], kernel[k + inside.y], kernel[k + inside.z], kernel[k + inside.w]);
        s0 += p.x * q; s1 += p.y * q; s2 += p.z * q; s3 += p.w * q;
        k += params.filters;
      }
    }
  }
  store(rows.x, columns, end, s0);
  store(rows.y, columns, end, s1);
  store(rows.z, columns, end, s2);
  store(rows.w, columns, end, s3);
}
