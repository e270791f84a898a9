// y = act(x ∗ kernel + bias) without tiles, for few channels or filters a group: each thread owns four filters, of
// whichever groups, at one position, and reads the entries of its window.

import package::lib::convolution::{positionOf, rowSeen};
import package::lib::convolution_output::{params, store};
import package::lib::index::elementIndex;
import package::lib::operand::Operand;

@group(0) @binding(0) var<storage, read> x: array<Operand>;
@group(0) @binding(1) var<storage, read> kernel: array<Operand>;

// 1 where four filters may see different channels.
override GROUPED: u32 = 0u;

@compute @workgroup_size(64)
fn convolutionDirect(@builtin(global_invocation_id) id: vec3u) {
  let index = elementIndex(id);
  let quads = (params.filters + 3u) / 4u;
  let n = index / quads;
  if (n >= params.batch * params.outRows * params.outWidth) { return; }
  let columns = index % quads * 4u + vec4u(0u, 1u, 2u, 3u);
  let filters = min(columns, vec4u(params.filters - 1u));
  let channels = params.channels / params.groups;
  let first = filters / (params.filters / params.groups) * channels;
  let p = positionOf(n, params.outRows, params.outWidth);
  var sum = vec4f();
  for (var i = 0u; i < params.kernelRows; i++) {
    let h = rowSeen(params, p.row, i);
    // A coordinate below 0 wraps round to a huge number, so that one comparison finds both edges.
    if (h >= params.rows) { continue; }
    for (var j = 0u; j < params.kernelWidth; j++) {
      let w = p.column * params.strideWidth + j * params.dilationWidth - params.paddingLeft;
      if (w >= params.width) { continue; }
      var at = ((p.batch * params.rows + h) * params.width + w) * params.channels + first;
      var k = (i * params.kernelWidth + j) * channels * params.filters + filters;
      for (var c = 0u; c < channels; c++) {
        var seen = vec4f(x[at.x]);
        if (GROUPED == 1u) { seen = vec4f(seen.x, x[at.y], x[at.z], x[at.w]); }
        sum += seen * vec4f(kernel[k.x], kernel[k.y], kernel[k.z], kernel[k.w]);
        at += 1u;
        k += params.filters;
      }
    }
  }
  store(n, columns, params.filters, sum);
}
