// y = x, with z added at one time step: x, y [B, T, U], z [B, U]. Meets the gradients of an LSTM's sequence and of its
// last state.

import package::lib::index::elementIndex;

struct Params { size: u32, time: u32, units: u32, at: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> z: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn addLastStep(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = elementIndex(id, workgroups);
  if (i >= params.size) { return; }
  let t = (i / params.units) % params.time;
  var value = x[i];
  if (t == params.at) { value += z[i / (params.units * params.time) * params.units + i % params.units]; }
  y[i] = value;
}
