// y = gamma·(x − mean) / √(variance + epsilon) + beta, by columns: x, y [rows, columns], the other tensors [columns].

import package::lib::index::elementIndex;

struct Params { size: u32, columns: u32, epsilon: f32, hasGamma: u32, hasBeta: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> mean: array<f32>;
@group(0) @binding(2) var<storage, read> variance: array<f32>;
@group(0) @binding(3) var<storage, read> gamma: array<f32>;
@group(0) @binding(4) var<storage, read> beta: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

@compute @workgroup_size(64)
fn batchNormalization(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let c = i % params.columns;
  var value = (x[i] - mean[c]) / sqrt(variance[c] + params.epsilon);
  if (params.hasGamma == 1u) { value *= gamma[c]; }
  if (params.hasBeta == 1u) { value += beta[c]; }
  y[i] = value;
}
