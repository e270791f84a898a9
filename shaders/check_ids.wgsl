// Records the first id of a batch that no row of a table has: record[1 …] = the layer's number, the sample in the data set, the id's
// word, and 1 if that is a float. Only the first record since the host cleared it stays. One workgroup looks at all ids.

import package::lib::ids::isId;
import package::lib::index::workgroupIndex;
import package::lib::step::step;

// `each` is the number of a sample's ids.
struct Params { count: u32, each: u32, rows: u32, isFloat: u32, layer: u32 }
@group(0) @binding(0) var<storage, read> ids: array<u32>;
@group(0) @binding(1) var<storage, read> permutation: array<u32>;
@group(0) @binding(2) var<storage, read_write> record: array<u32>;
@group(0) @binding(3) var<uniform> params: Params;

const THREADS = 256u;
var<workgroup> firsts: array<u32, THREADS>;

@compute @workgroup_size(256)
fn checkIds(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  var first = params.count;
  for (var i = thread; i < params.count; i += THREADS) {
    if (first == params.count && !isId(ids[i], params.isFloat, params.rows)) { first = i; }
  }
  workgroupBarrier();
  firsts[thread] = first;
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) { firsts[thread] = min(firsts[thread], firsts[thread + half]); }
  }
  if (workgroupIndex(workgroup) == 0u && thread == 0u && firsts[0] < params.count && record[1] == 0u) {
    record[1] = params.layer;
    record[2] = permutation[step.start + firsts[0] / params.each];
    record[3] = ids[firsts[0]];
    record[4] = params.isFloat;
  }
}
