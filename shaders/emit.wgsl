// results[row of the data set] = x [rows, length]: the outputs that predict collects, batch after batch.

import package::lib::step::step;
import package::lib::index::elementIndex;

struct Params { size: u32, length: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> results: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn emit(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  results[step.start * params.length + i] = x[i];
}
