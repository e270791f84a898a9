// dx of an entry = Σ of dy over the outputs that have a part of it.

import package::lib::index::elementIndex;
import package::lib::upsampling::{Params, outputsOf, weightOf};

@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read_write> dx: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn upsampleGradient(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let c = i % params.channels;
  var rest = i / params.channels;
  let w = rest % params.width;
  rest /= params.width;
  let h = rest % params.height;
  rest /= params.height;
  let d = rest % params.depth;
  let b = rest / params.depth;
  let slices = outputsOf(d, params.factorDepth, params.depth);
  let rows = outputsOf(h, params.factorHeight, params.height);
  let columns = outputsOf(w, params.factorWidth, params.width);
  let outDepth = params.depth * params.factorDepth;
  let outHeight = params.height * params.factorHeight;
  let outWidth = params.width * params.factorWidth;
  var sum = 0.0;
  for (var od = slices.x; od < slices.y; od++) {
    for (var oh = rows.x; oh < rows.y; oh++) {
      for (var ow = columns.x; ow < columns.y; ow++) {
        let weight = weightOf(od, d, params.factorDepth, params.depth) * weightOf(oh, h, params.factorHeight, params.height)
          * weightOf(ow, w, params.factorWidth, params.width);
        let value = dy[(((b * outDepth + od) * outHeight + oh) * outWidth + ow) * params.channels + c];
        // No part of infinity is 0.
        sum += select(0.0, weight * value, weight > 0.0);
      }
    }
  }
  dx[i] = sum;
}
