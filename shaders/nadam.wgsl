// Nadam (Dozat 2016, Keras's form) over all weights in one launch: m += (g − m)(1 − β₁), v += (g² − v)(1 − β₂),
// w −= (a·m + b·g) / (√(c·v) + ε). With µ(t) = β₁(1 − 0.96ᵗ/2) and its product p(t) of all t: a = rate·µ(t+1) / (1 − p(t+1)),
// b = rate·(1 − µ(t)) / (1 − p(t)), c = 1 / (1 − β₂ᵗ).

import package::lib::averages::{moveAverage, moveAverageAlone};
import package::lib::index::elementIndex;
import package::lib::loss_scale::{SCALED, rateOfStep, scaling, unscaling};
import package::lib::step::step;
import package::lib::updates::shareAfterUpdates;

struct Params { size: u32, firstShare: f32, secondShare: f32, epsilon: f32 }
@group(0) @binding(0) var<storage, read> gradients: array<f32>;
@group(0) @binding(1) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(2) var<storage, read_write> m: array<f32>;
@group(0) @binding(3) var<storage, read_write> v: array<f32>;
@group(0) @binding(4) var<storage, read> products: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

// a, b and c. Where the loss is scaled, from `products`: p(t) / β₁ᵗ from t = 0 on, as far as it changes.
fn factors() -> vec3f {
  if (SCALED == 0u) { return vec3f(step.first, step.rate, step.second); }
  let last = arrayLength(&products) - 2u;
  let t = min(u32(scaling[2]), last);
  let beta = 1.0 - params.firstShare;
  let present = beta * products[t] / products[t - 1u];
  let next = beta * products[t + 1u] / products[t];
  let product = (1.0 - shareAfterUpdates(params.firstShare)) * products[t];
  return vec3f(
    rateOfStep() * next / (1.0 - product * next),
    rateOfStep() * (1.0 - present) / (1.0 - product),
    1.0 / shareAfterUpdates(params.secondShare),
  );
}

@compute @workgroup_size(64)
fn nadam(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  let unscale = unscaling();
  if (i >= params.size || unscale == 0.0) {
    @if(averaged) moveAverageAlone(i);
    return;
  }
  let g = unscale * gradients[i];
  let first = m[i] + (g - m[i]) * params.firstShare;
  let second = v[i] + (g * g - v[i]) * params.secondShare;
  m[i] = first;
  v[i] = second;
  let f = factors();
  parameters[i] -= (f.x * first + f.y * g) / (sqrt(f.z * second) + params.epsilon);
  @if(averaged) moveAverage(i);
}
