// batch = the rows of the data set that the permutation names for this training step, all fields (inputs, targets, weights) at once.
// A field is [row length, offset in the batch, workgroups up to its end, 0], lengths in words; `sources`
// has its start in the data set, whose size changes from call to call. No workgroup works on two fields. Floats and integers are
// copied alike, as words.

import package::lib::index::workgroupIndex;
import package::lib::step::step;

const FIELDS = 16u;
struct Params { rows: u32, fields: array<vec4u, 16> }
@group(0) @binding(0) var<storage, read> data: array<u32>;
@group(0) @binding(1) var<storage, read> sources: array<u32>;
@group(0) @binding(2) var<storage, read> permutation: array<u32>;
@group(0) @binding(3) var<storage, read_write> batch: array<u32>;
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn gather(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let index = workgroupIndex(workgroup);
  var which = 0u;
  var first = 0u;
  while (which < FIELDS - 1u && index >= params.fields[which].z) {
    first = params.fields[which].z;
    which++;
  }
  let field = params.fields[which];
  let i = 64u * (index - first) + thread;
  if (i >= params.rows * field.x) { return; }
  let row = i / field.x;
  batch[field.y + i] = data[sources[which] + permutation[step.start + row] * field.x + i % field.x];
}
