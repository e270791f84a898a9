// batch = the rows of the data set that the permutation names for this training step, all fields (inputs, targets, weights) at once.
// A field is [row length, offset in the batch, workgroups up to its end, 0], lengths in words. Where its rows lie in the data set changes
// from call to call, so that `sources` says it: [start of the first row, skip from row to row, run, skip from run to run]. Rows of an
// array follow each other, without skips; the skip between windows of a series, which overlap, is below zero, modulo 2³², and a window of
// every other time step is runs of one. No workgroup works on two fields. Floats and integers are copied alike, as words. Fields beyond
// those of one launch are copied by others, each of which begins with the data set's field number `first`.

import package::lib::index::workgroupIndex;
import package::lib::step::step;

const FIELDS = 16u;
struct Params { rows: u32, first: u32, fields: array<vec4u, 16> }
@group(0) @binding(0) var<storage, read> data: array<u32>;
@group(0) @binding(1) var<storage, read> sources: array<vec4u>;
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
  let source = sources[params.first + which];
  let row = permutation[step.start + i / field.x];
  let j = i % field.x;
  batch[field.y + i] = data[source.x + row * (field.x + source.y) + j + j / max(source.z, 1u) * source.w];
}
