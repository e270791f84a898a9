// dTable = 0: the first launch of an embedding's gradient.

import package::lib::index::elementIndex;

struct Params { size: u32 }
@group(0) @binding(0) var<storage, read_write> dTable: array<f32>;
@group(0) @binding(1) var<uniform> params: Params;

@compute @workgroup_size(64)
fn embeddingClear(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i < params.size) { dTable[i] = 0.0; }
}
