// Gradients of additive_scores.wgsl by one side of its pairs, queries or keys: own [batch, count, features], other [batch,
// others, features]; dOwn = Σ dy·scale·(1 − tanh²(own + other)) over the others, and bent = Σ dy·tanh(own + other), whose sums over
// batch and count are the gradient of scale. Strides lead through dy. A thread owns an entry of both.

import package::lib::activation::{TANH_CODE, activate};
import package::lib::index::elementIndex;

struct Params {
  size: u32, count: u32, others: u32, features: u32, hasScale: u32, ownStride: u32, otherStride: u32, hasBent: u32,
}
@group(0) @binding(0) var<storage, read> own: array<f32>;
@group(0) @binding(1) var<storage, read> other: array<f32>;
@group(0) @binding(2) var<storage, read> scale: array<f32>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read_write> dOwn: array<f32>;
@group(0) @binding(5) var<storage, read_write> bent: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

@compute @workgroup_size(64)
fn additiveScoresGradient(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let f = i % params.features;
  let place = i / params.features;
  let sample = place / params.count;
  let first = sample * params.count * params.others + place % params.count * params.ownStride;
  var slopes = 0.0;
  var sum = 0.0;
  for (var j = 0u; j < params.others; j++) {
    let d = dy[first + j * params.otherStride];
    let value = activate(TANH_CODE, vec4f(own[i] + other[(sample * params.others + j) * params.features + f])).x;
    slopes += d * (1.0 - value * value);
    sum += d * value;
  }
  var factor = 1.0;
  if (params.hasScale == 1u) { factor = scale[f]; }
  dOwn[i] = factor * slopes;
  if (params.hasBent == 1u) { bent[i] = sum; }
}
