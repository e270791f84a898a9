// dx of y = x ∗ kernel without tiles, for few channels or filters a group: each thread owns four channels, of whichever
// groups, at one input position, and reads dy of the windows that the position lies in.

import package::lib::convolution::{Params, positionOf, rowSeeing};
import package::lib::index::elementIndex;
import package::lib::operand::Operand;

@group(0) @binding(0) var<storage, read> dy: array<Operand>;
@group(0) @binding(1) var<storage, read> kernel: array<Operand>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

// 1 where four channels may be seen by different filters.
override GROUPED: u32 = 0u;

@compute @workgroup_size(64)
fn convolutionInputGradientDirect(@builtin(global_invocation_id) id: vec3u) {
  let index = elementIndex(id);
  let quads = (params.channels + 3u) / 4u;
  let n = index / quads;
  if (n >= params.batch * params.rows * params.width) { return; }
  let columns = index % quads * 4u + vec4u(0u, 1u, 2u, 3u);
  let all = min(columns, vec4u(params.channels - 1u));
  let channels = params.channels / params.groups;
  let filters = params.filters / params.groups;
  let first = all / channels * filters;
  let p = positionOf(n, params.rows, params.width);
  var sum = vec4f();
  for (var i = 0u; i < params.kernelRows; i++) {
    let oh = rowSeeing(params, p.row, i);
    if (oh >= params.outRows) { continue; }
    for (var j = 0u; j < params.kernelWidth; j++) {
      let w = p.column + params.paddingLeft - j * params.dilationWidth;
      let ow = w / params.strideWidth;
      if (w % params.strideWidth != 0u || ow >= params.outWidth) { continue; }
      var at = ((p.batch * params.outRows + oh) * params.outWidth + ow) * params.filters + first;
      var k = ((i * params.kernelWidth + j) * channels + all % channels) * params.filters + first;
      for (var f = 0u; f < filters; f++) {
        var d = vec4f(dy[at.x]);
        if (GROUPED == 1u) { d = vec4f(d.x, dy[at.y], dy[at.z], dy[at.w]); }
        sum += d * vec4f(kernel[k.x], kernel[k.y], kernel[k.z], kernel[k.w]);
        at += 1u;
        k += 1u;
      }
    }
  }
  for (var c = 0u; c < 4u; c++) {
    if (columns[c] < params.channels) { dx[n * params.channels + columns[c]] = sum[c]; }
  }
}
