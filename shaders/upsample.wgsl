// y [B, D·f, H·g, W·h, C] = x [B, D, H, W, C] with more entries along the axes of space.

import package::lib::index::elementIndex;
import package::lib::upsampling::{Params, entriesOf, weightOf};

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn upsample(@builtin(global_invocation_id) id: vec3u) {
  let o = elementIndex(id);
  if (o >= params.size) { return; }
  let c = o % params.channels;
  var rest = o / params.channels;
  let ow = rest % (params.width * params.factorWidth);
  rest /= params.width * params.factorWidth;
  let oh = rest % (params.height * params.factorHeight);
  rest /= params.height * params.factorHeight;
  let od = rest % (params.depth * params.factorDepth);
  let b = rest / (params.depth * params.factorDepth);
  let slices = entriesOf(od, params.factorDepth, params.depth);
  let rows = entriesOf(oh, params.factorHeight, params.height);
  let columns = entriesOf(ow, params.factorWidth, params.width);
  var sum = 0.0;
  for (var d = slices.x; d < slices.y; d++) {
    for (var h = rows.x; h < rows.y; h++) {
      for (var w = columns.x; w < columns.y; w++) {
        let weight = weightOf(od, d, params.factorDepth, params.depth) * weightOf(oh, h, params.factorHeight, params.height)
          * weightOf(ow, w, params.factorWidth, params.width);
        let at = ((b * params.depth + d) * params.height + h) * params.width + w;
        sum += weight * x[at * params.channels + c];
      }
    }
  }
  y[o] = sum;
}
