// y = x as f16, two to a word. A thread rounds four.

import package::lib::half::packHalves;
import package::lib::index::elementIndex;

struct Params { size: u32 }
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec2u>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn toHalf(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= (params.size + 3u) / 4u) { return; }
  y[i] = packHalves(x[i]);
}
