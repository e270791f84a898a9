// Gradients of kernel and bias: rows are entries of a window (i, j, c), columns filters, the sum runs over all output
// positions. It is split into chunks, whose parts [chunks, KH·KW·C/G, F] and [chunks, F] a second pass adds, in order.
// Each thread owns 4 entries × 4 filters of a chunk; z is group and chunk.

import package::lib::convolution::{Params, chunkOf, positionOf, rowSeen};
import package::lib::index::tileIndex;
import package::lib::operand::Operand;

@group(0) @binding(0) var<storage, read> x: array<Operand>;
@group(0) @binding(1) var<storage, read> dy: array<Operand>;
@group(0) @binding(2) var<storage, read_write> kernelParts: array<f32>;
@group(0) @binding(3) var<storage, read_write> biasParts: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

const LANES = vec4u(0u, 1u, 2u, 3u);

@compute @workgroup_size(8, 8)
fn convolutionKernelGradient(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  let filters = params.filters / params.groups;
  let channels = params.channels / params.groups;
  let entries = params.kernelRows * params.kernelWidth * channels;
  let tile = tileIndex(workgroup, filters, entries, vec2u(32u));
  let rows = (tile.y * 8u + local.y) * 4u + LANES;
  let column = (tile.x * 8u + local.x) * 4u;
  if (rows.x >= entries || column >= filters) { return; }
  let group = tile.z / params.chunks;
  let chunk = tile.z % params.chunks;
  let end = (group + 1u) * filters;
  let columns = group * filters + column + LANES;
  let inside = min(columns, vec4u(end - 1u));
  let terms = chunkOf(params, chunk);
  let entry = min(rows, vec4u(entries - 1u));
  let c = group * channels + entry % channels;
  let down = entry / (params.kernelWidth * channels);
  // Offsets of the entries from a window's start.
  let right = (entry / channels) % params.kernelWidth * params.dilationWidth;
  var s0 = vec4f(); var s1 = vec4f(); var s2 = vec4f(); var s3 = vec4f();
  var bias = vec4f();
  for (var n = terms.x; n < terms.y; n++) {
    let o = positionOf(n, params.outRows, params.outWidth);
    let h = vec4u(
      rowSeen(params, o.row, down.x), rowSeen(params, o.row, down.y),
      rowSeen(params, o.row, down.z), rowSeen(params, o.row, down.w),
    );
    let w = o.column * params.strideWidth + right - params.paddingLeft;
    let seen = (h < vec4u(params.rows)) & (w < vec4u(params.width));
    let at = select(vec4u(0u), ((o.batch * params.rows + h) * params.width + w) * params.channels + c, seen);
    let p = select(vec4f(0.0), vec4f(x[at.x], x[at.y], x[at.z], x[at.w]), seen);
    let k = n * params.filters + inside;
    let q = vec4f(dy[k.x], dy[k.y], dy[k.z], dy[k.w]);
    s0 += p.x * q; s1 += p.y * q; s2 += p.z * q; s3 += p.w * q;
    bias += q;
  }
  let sums = array<vec4f, 4>(s0, s1, s2, s3);
  for (var j = 0u; j < 4u; j++) {
    if (columns[j] >= end) { break; }
    for (var r = 0u; r < 4u; r++) {
      if (rows[r] >= entries) { break; }
      let at = (chunk * entries + rows[r]) * params.filters + columns[j];
      kernelParts[at] = select(0.0, kernelParts[at], params.start > 0u) + sums[r][j];
    }
    if (rows.x == 0u && params.hasBias == 1u) {
      let at = chunk * params.filters + columns[j];
      biasParts[at] = select(0.0, biasParts[at], params.start > 0u) + bias[j];
    }
  }
}
