// y = gamma·(x − mean) / √(variance + ε) + beta, by the mean and variance of each row: x, y [rows, columns], gamma and
// beta [columns]. A thread owns a row.

import package::lib::index::elementIndex;

struct Params { size: u32, columns: u32, epsilon: f32, hasGamma: u32, hasBeta: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> gamma: array<f32>;
@group(0) @binding(2) var<storage, read> beta: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn layerNormalization(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let first = i * params.columns;
  // Sums differences from the first entry, so that the mean of a row of equal values is exact.
  var mean = 0.0;
  for (var j = 0u; j < params.columns; j++) { mean += x[first + j] - x[first]; }
  mean = x[first] + mean / f32(params.columns);
  var variance = 0.0;
  for (var j = 0u; j < params.columns; j++) {
    let deviation = x[first + j] - mean;
    variance += deviation * deviation;
  }
  variance /= f32(params.columns);
  let scale = inverseSqrt(variance + params.epsilon);
  for (var j = 0u; j < params.columns; j++) {
    var value = (x[first + j] - mean) * scale;
    if (params.hasGamma == 1u) { value *= gamma[j]; }
    if (params.hasBeta == 1u) { value += beta[j]; }
    y[first + j] = value;
  }
}
