// Parts of the gradients of kernel and bias without tiles, for few entries or filters a group: each thread owns one entry
// (i, j, c) of a window for four filters, of whichever groups, and sums over the output positions of one chunk.

import package::lib::convolution::{Params, chunkOf, positionOf, rowSeen};
import package::lib::index::elementIndex;
import package::lib::operand::Operand;

@group(0) @binding(0) var<storage, read> x: array<Operand>;
@group(0) @binding(1) var<storage, read> dy: array<Operand>;
@group(0) @binding(2) var<storage, read_write> kernelParts: array<f32>;
@group(0) @binding(3) var<storage, read_write> biasParts: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

// 1 where four filters may see different channels.
override GROUPED: u32 = 0u;

@compute @workgroup_size(64)
fn convolutionKernelGradientDirect(@builtin(global_invocation_id) id: vec3u) {
  let index = elementIndex(id);
  let quads = (params.filters + 3u) / 4u;
  let channels = params.channels / params.groups;
  let entries = params.kernelRows * params.kernelWidth * channels;
  let chunk = index / quads / entries;
  if (chunk >= params.chunks) { return; }
  let entry = index / quads % entries;
  let columns = index % quads * 4u + vec4u(0u, 1u, 2u, 3u);
  let filters = min(columns, vec4u(params.filters - 1u));
  let first = filters / (params.filters / params.groups) * channels + entry % channels;
  let down = entry / (params.kernelWidth * channels);
  // Offset of the entry from a window's start.
  let right = entry / channels % params.kernelWidth * params.dilationWidth - params.paddingLeft;
  let terms = chunkOf(params, chunk);
  var sum = vec4f();
  var total = vec4f();
  for (var n = terms.x; n < terms.y; n++) {
    let o = positionOf(n, params.outRows, params.outWidth);
    let h = rowSeen(params, o.row, down);
    let w = o.column * params.strideWidth + right;
    let k = n * params.filters + filters;
    let d = vec4f(dy[k.x], dy[k.y], dy[k.z], dy[k.w]);
    total += d;
    // A coordinate below 0 wraps round to a huge number, so that one comparison finds both edges.
    if (h >= params.rows || w >= params.width) { continue; }
    let at = ((o.batch * params.rows + h) * params.width + w) * params.channels + first;
    var seen = vec4f(x[at.x]);
    if (GROUPED == 1u) { seen = vec4f(seen.x, x[at.y], x[at.z], x[at.w]); }
    sum += seen * d;
  }
  for (var f = 0u; f < 4u; f++) {
    if (columns[f] >= params.filters) { break; }
    let at = (chunk * entries + entry) * params.filters + columns[f];
    kernelParts[at] = select(0.0, kernelParts[at], params.start > 0u) + sum[f];
    if (entry == 0u && params.hasBias == 1u) {
      let atBias = chunk * params.filters + columns[f];
      biasParts[atBias] = select(0.0, biasParts[atBias], params.start > 0u) + total[f];
    }
  }
}
