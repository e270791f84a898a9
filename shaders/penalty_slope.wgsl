// slope = l1·sign(x) + 2·l2·x: the gradient of a penalty on outputs.

import package::lib::index::elementIndex;

struct Params { size: u32, l1: f32, l2: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> slope: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn penaltySlope(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  slope[i] = params.l1 * sign(x[i]) + 2.0 * params.l2 * x[i];
}
