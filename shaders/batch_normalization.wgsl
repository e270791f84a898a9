// y = act(gamma·(x − mean) / √(variance + epsilon) + beta), by columns: x, y [rows, columns], the other tensors [columns]. A thread
// computes four elements.

import package::lib::activation::activate;
import package::lib::index::elementIndex;

struct Params { size: u32, columns: u32, epsilon: f32, hasGamma: u32, hasBeta: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> mean: array<f32>;
@group(0) @binding(2) var<storage, read> variance: array<f32>;
@group(0) @binding(3) var<storage, read> gamma: array<f32>;
@group(0) @binding(4) var<storage, read> beta: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

// Code of the activation applied to what is normalized.
override ACTIVATION: u32 = 0u;

@compute @workgroup_size(64)
fn batchNormalization(@builtin(global_invocation_id) id: vec3u) {
  let first = 4u * elementIndex(id);
  if (first >= params.size) { return; }
  let p = min(vec4u(first, first + 1u, first + 2u, first + 3u), vec4u(params.size - 1u));
  let c = p % params.columns;
  let squares = vec4f(variance[c.x], variance[c.y], variance[c.z], variance[c.w]) + params.epsilon;
  let center = vec4f(mean[c.x], mean[c.y], mean[c.z], mean[c.w]);
  var value = (vec4f(x[p.x], x[p.y], x[p.z], x[p.w]) - center) / sqrt(squares);
  if (params.hasGamma == 1u) { value *= vec4f(gamma[c.x], gamma[c.y], gamma[c.z], gamma[c.w]); }
  if (params.hasBeta == 1u) { value += vec4f(beta[c.x], beta[c.y], beta[c.z], beta[c.w]); }
  let result = activate(ACTIVATION, value);
  for (var k = 0u; k < 4u && first + k < params.size; k++) { y[first + k] = result[k]; }
}
