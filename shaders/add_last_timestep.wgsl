// y = x, with z added at one time step: x, y [B, T, U], z [B, U]. Adds the gradients of a recurrence's sequence and
// of its last state. In columns from `units` on, which are the second direction's, the time step counts from the other end.

import package::lib::index::elementIndex;

struct Params { size: u32, time: u32, width: u32, at: u32, units: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> z: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn addLastTimestep(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let column = i % params.width;
  let t = i / params.width % params.time;
  let last = select(params.at, params.time - 1u - params.at, column >= params.units);
  var value = x[i];
  if (t == last) { value += z[i / (params.width * params.time) * params.width + column]; }
  y[i] = value;
}
