// dx = act'(x)·dy; `saved` is the activation's result or its argument, as lib/activation says.

import package::lib::activation::slopeOf;
import package::lib::index::elementIndex;

struct Params { size: u32, code: u32 }
@group(0) @binding(0) var<storage, read> saved: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn activationGradient(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = elementIndex(id, workgroups);
  if (i >= params.size) { return; }
  dx[i] = slopeOf(params.code, saved[i]) * dy[i];
}
