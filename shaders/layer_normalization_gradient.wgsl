// Gradient of layer normalization. With x̂ = (x − mean) / √(variance + ε) and g = gamma·dy, all [rows, columns],
//   dx = (g − mean(g) − x̂·mean(g·x̂)) / √(variance + ε),   products = dy·x̂, whose sum over rows is dgamma
// A thread owns a row and computes its mean and variance again.

import package::lib::index::elementIndex;

struct Params { size: u32, columns: u32, epsilon: f32, hasGamma: u32, hasProducts: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> gamma: array<f32>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;
@group(0) @binding(4) var<storage, read_write> products: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

// g of an entry: dy, times gamma where the layer has it.
fn scaled(entry: u32, column: u32) -> f32 {
  if (params.hasGamma == 1u) { return dy[entry] * gamma[column]; }
  return dy[entry];
}

@compute @workgroup_size(64)
fn layerNormalizationGradient(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let first = i * params.columns;
  let count = f32(params.columns);
  // Sums differences from the first entry, so that the mean of a row of equal values is exact.
  var mean = 0.0;
  for (var j = 0u; j < params.columns; j++) { mean += x[first + j] - x[first]; }
  mean = x[first] + mean / count;
  var variance = 0.0;
  var sum = 0.0;
  var along = 0.0;
  for (var j = 0u; j < params.columns; j++) {
    let deviation = x[first + j] - mean;
    let g = scaled(first + j, j);
    variance += deviation * deviation;
    sum += g;
    along += g * deviation;
  }
  let scale = inverseSqrt(variance / count + params.epsilon);
  for (var j = 0u; j < params.columns; j++) {
    let normal = (x[first + j] - mean) * scale;
    dx[first + j] = scale * (scaled(first + j, j) - sum / count - normal * scale * along / count);
    if (params.hasProducts == 1u) { products[first + j] = dy[first + j] * normal; }
  }
}
