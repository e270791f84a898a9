// Gradients of kernel and bias: rows are entries of a window (i, j, c), columns filters, the sum runs over all output
// positions. It is split into chunks, whose parts [chunks, KH·KW·C/G, F] and [chunks, F] a second pass adds, in order.
// Each thread owns 4 entries × 4 filters of a chunk; z is group and chunk.

import package::lib::convolution::{Params, positionOf};

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> kernelParts: array<f32>;
@group(0) @binding(3) var<storage, read_write> biasParts: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

const LANES = vec4u(0u, 1u, 2u, 3u);

@compute @workgroup_size(8, 8)
fn convolutionKernelGradient(@builtin(global_invocation_id) id: vec3u) {
  let filters = params.filters / params.groups;
  let channels = params.channels / params.groups;
  let entries = params.kernelHeight * params.kernelWidth * channels;
  let rows = id.y * 4u + LANES;
  if (rows.x >= entries || id.x * 4u >= filters) { return; }
  let group = id.z / params.chunks;
  let chunk = id.z % params.chunks;
  let end = (group + 1u) * filters;
  let columns = group * filters + id.x * 4u + LANES;
  let inside = min(columns, vec4u(end - 1u));
  let positions = params.batch * params.outHeight * params.outWidth;
  let perChunk = (positions + params.chunks - 1u) / params.chunks;
  let entry = min(rows, vec4u(entries - 1u));
  let c = group * channels + entry % channels;
  // Offsets of the window's entries from a window's start.
  let down = entry / (params.kernelWidth * channels) * params.dilationHeight;
  let right = (entry / channels) % params.kernelWidth * params.dilationWidth;
  var s0 = vec4f(); var s1 = vec4f(); var s2 = vec4f(); var s3 = vec4f();
  var bias = vec4f();
  for (var n = chunk * perChunk; n < min((chunk + 1u) * perChunk, positions); n++) {
    let o = positionOf(n, params.outHeight, params.outWidth);
    let h = o.row * params.strideHeight + down - params.paddingTop;
    let w = o.column * params.strideWidth + right - params.paddingLeft;
    let seen = (h < vec4u(params.height)) & (w < vec4u(params.width));
    let at = select(vec4u(0u), ((o.batch * params.height + h) * params.width + w) * params.channels + c, seen);
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
      if (rows[r] < entries) { kernelParts[(chunk * entries + rows[r]) * params.filters + columns[j]] = sums[r][j]; }
    }
    if (rows.x == 0u && params.hasBias == 1u) { biasParts[chunk * params.filters + columns[j]] = bias[j]; }
  }
}
