// The end of convolution kernels: y [positions, F] = act(sum + bias).

import package::lib::activation::activate;
import package::lib::convolution::Params;

@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

// Code of the activation applied to the sums.
override ACTIVATION: u32 = 0u;

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
    if (params.hasBias == 1u) {
      let at = min(filters, vec4u(params.filters - 1u));
      value += vec4f(bias[at.x], bias[at.y], bias[at.z], bias[at.w]);
    }
    value = activate(ACTIVATION, value);
  }
  for (var f = 0u; f < 4u; f++) {
    if (filters[f] < end) { y[first + filters[f]] = value[f]; }
  }
}
