// Adam (Kingma & Ba 2015, Keras's form) over all weights in one launch:
// m += (g − m)(1 − β₁), v += (g² − v)(1 − β₂), w −= α·m / (√v + ε); α, with its bias corrections, is step.rate.

import package::lib::step::step;
import package::lib::index::elementIndex;

// The shares are 1 − β₁ and 1 − β₂, which f32 could not subtract without losing three of its seven digits.
struct Params { size: u32, firstShare: f32, secondShare: f32, epsilon: f32 }
@group(0) @binding(0) var<storage, read> gradients: array<f32>;
@group(0) @binding(1) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(2) var<storage, read_write> m: array<f32>;
@group(0) @binding(3) var<storage, read_write> v: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn adam(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = elementIndex(id, workgroups);
  if (i >= params.size) { return; }
  let g = gradients[i];
  let first = m[i] + (g - m[i]) * params.firstShare;
  let second = v[i] + (g * g - v[i]) * params.secondShare;
  m[i] = first;
  v[i] = second;
  parameters[i] -= step.rate * first / (sqrt(second) + params.epsilon);
}
