// The last launch of Muon: w −= rate · length · x of all matrices of a shape.

import package::lib::index::workgroupIndex;
import package::lib::loss_scale::{rateOfStep, unscaling};
import package::lib::muon::chunkOf;

struct Params { count: u32, length: f32 }
@group(0) @binding(0) var<storage, read> chunks: array<f32>;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn muonStep(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let w = workgroupIndex(workgroup);
  if (w >= params.count || unscaling() == 0.0) { return; }
  let chunk = chunkOf(w);
  let rate = rateOfStep() * params.length;
  for (var j = thread; j < chunk.length; j += 64u) { parameters[chunk.offset + j] -= rate * x[chunk.place + j]; }
}
