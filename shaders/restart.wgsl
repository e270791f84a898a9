// y = state, or start in the first training step of an epoch. All [size].

import package::lib::index::elementIndex;
import package::lib::step::step;

struct Params { size: u32 }
@group(0) @binding(0) var<storage, read> state: array<f32>;
@group(0) @binding(1) var<storage, read> start: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn restart(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  if (step.reset == 1u) { y[i] = start[i]; } else { y[i] = state[i]; }
}
