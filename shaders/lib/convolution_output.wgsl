// The end of convolution kernels: y [positions, F] = act(sum + bias), or act of that normalized by filters, as batch_normalization.wgsl
// has it.

import package::lib::activation::activate;
import package::lib::convolution::Params;

@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(5) var<storage, read> mean: array<f32>;
@group(0) @binding(6) var<storage, read> variance: array<f32>;
@group(0) @binding(7) var<storage, read> gamma: array<f32>;
@group(0) @binding(8) var<storage, read> beta: array<f32>;

// Code of the activation applied to the sums.
override ACTIVATION: u32 = 0u;

fn normalized(sum: vec4f, at: vec4u) -> vec4f {
  let squares = vec4f(variance[at.x], variance[at.y], variance[at.z], variance[at.w]) + params.epsilon;
  var value = (sum - vec4f(mean[at.x], mean[at.y], mean[at.z], mean[at.w])) / sqrt(squares);
  if ((params.normalization & 2u) > 0u) { value *= vec4f(gamma[at.x], gamma[at.y], gamma[at.z], gamma[at.w]); }
  if ((params.normalization & 4u) > 0u) { value += vec4f(beta[at.x], beta[at.y], beta[at.z], beta[at.w]); }
  return value;
}

// Stores four filters of a position; filters from `end` on belong to another thread.
fn store(position: u32, filters: vec4u, end: u32, sum: vec4f) {
  if (position >= params.batch * params.outRows * params.outWidth) { return; }
  let first = position * params.filters;
  var value = sum;
  if (params.start > 0u) {
    for (var f = 0u; f < 4u; f++) {
      if (filters[f] < end) { value[f] += y[first + filters[f]]; }
    }
  }
  if (params.until >= params.kernelRows * params.kernelWidth * (params.channels / params.groups)) {
    let at = min(filters, vec4u(params.filters - 1u));
    if (params.hasBias == 1u) { value += vec4f(bias[at.x], bias[at.y], bias[at.z], bias[at.w]); }
    if (params.normalization > 0u) { value = normalized(value, at); }
    value = activate(ACTIVATION, value);
  }
  for (var f = 0u; f < 4u; f++) {
    if (filters[f] < end) { y[first + filters[f]] = value[f]; }
  }
}
