// dx of a normalization: gamma / √(variance + epsilon) · (dy − (dBeta + x̂·dGamma) / rows). The subtracted term comes from the
// batch's mean and variance; with given statistics there is none.

import package::lib::index::elementIndex;

struct Params { size: u32, columns: u32, epsilon: f32, hasGamma: u32, ofBatch: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> mean: array<f32>;
@group(0) @binding(2) var<storage, read> variance: array<f32>;
@group(0) @binding(3) var<storage, read> gamma: array<f32>;
@group(0) @binding(4) var<storage, read> dy: array<f32>;
@group(0) @binding(5) var<storage, read> dGamma: array<f32>;
@group(0) @binding(6) var<storage, read> dBeta: array<f32>;
@group(0) @binding(7) var<storage, read_write> dx: array<f32>;
@group(0) @binding(8) var<uniform> params: Params;

@compute @workgroup_size(64)
fn batchNormalizationGradient(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let c = i % params.columns;
  let scale = 1.0 / sqrt(variance[c] + params.epsilon);
  var d = dy[i];
  if (params.ofBatch == 1u) {
    let normalized = (x[i] - mean[c]) * scale;
    d -= (dBeta[c] + normalized * dGamma[c]) / f32(params.size / params.columns);
  }
  if (params.hasGamma == 1u) { d *= gamma[c]; }
  dx[i] = scale * d;
}
