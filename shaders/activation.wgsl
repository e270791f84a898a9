// y = act(x), elementwise.

import package::lib::activation::activate;
import package::lib::index::elementIndex;

struct Params { size: u32, code: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn activation(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = elementIndex(id, workgroups);
  if (i >= params.size) { return; }
  y[i] = activate(params.code, x[i]);
}
