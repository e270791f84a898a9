// dGamma = Σ dy·x̂ and dBeta = Σ dy over rows, x̂ = (x − mean) / √(variance + epsilon). A workgroup owns a column and adds in
// a fixed tree.

import package::lib::index::workgroupIndex;

struct Params { rows: u32, columns: u32, epsilon: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> mean: array<f32>;
@group(0) @binding(2) var<storage, read> variance: array<f32>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read_write> dGamma: array<f32>;
@group(0) @binding(5) var<storage, read_write> dBeta: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

const THREADS = 64u;
var<workgroup> sums: array<vec2f, THREADS>;

@compute @workgroup_size(64)
fn batchNormalizationSums(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let c = workgroupIndex(workgroup);
  let scale = 1.0 / sqrt(variance[c] + params.epsilon);
  var sum = vec2f();
  for (var i = thread; i < params.rows; i += THREADS) {
    let d = dy[i * params.columns + c];
    sum += vec2f(d * (x[i * params.columns + c] - mean[c]) * scale, d);
  }
  workgroupBarrier();
  sums[thread] = sum;
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) { sums[thread] += sums[thread + half]; }
  }
  if (thread == 0u) {
    dGamma[c] = sums[0].x;
    dBeta[c] = sums[0].y;
  }
}
