// All time steps of a GRU with the reset gate before the product, or a chunk of them, in one launch: a workgroup owns sixteen batch
// rows, a thread four units of all of them, and subgroups share the loads of h, and then of r·h, which lies in its place
// (lib/recurrence/subgroups.wgsl). Four divides the units. No dropout.

import package::cell::{UPDATE, RESET, CANDIDATE, gateSum, finishGate, finishCandidate};
import package::lib::direction::enterDirection;
import package::lib::index::workgroupIndex;
import package::lib::recurrence::memory::params;
import package::lib::recurrence::reset_before::{firstHidden, storeInner, storeHidden};
import package::lib::recurrence::rows::{tilesOf, batchRows};
import package::lib::recurrence::subgroups::{QUADS, TILE, THREADS, UNITS, hidden, gateProducts};

enable subgroups;

@compute @workgroup_size(THREADS)
fn entry(
  @builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let first = QUADS * enterDirection(workgroupIndex(workgroup), tilesOf(QUADS));
  // Lanes are counted, because a subgroup need not be full.
  let lanes = subgroupAdd(1u);
  // Four rows of a unit: quad q's of unit i at i·QUADS + q.
  var before: array<vec4f, TILE * QUADS>;
  var update: array<vec4f, TILE * QUADS>;
  workgroupBarrier();
  for (var i = 0u; i < TILE; i++) {
    for (var q = 0u; q < QUADS; q++) {
      let u = TILE * thread + i;
      let state = firstHidden(batchRows(first + q), u);
      before[i * QUADS + q] = state;
      hidden[q * UNITS + u] = state;
    }
  }
  for (var s = params.start; s < params.until; s++) {
    workgroupBarrier();
    let z = gateProducts(UPDATE, thread, lane, lanes);
    let r = gateProducts(RESET, thread, lane, lanes);
    workgroupBarrier();
    for (var i = 0u; i < TILE; i++) {
      for (var q = 0u; q < QUADS; q++) {
        let u = TILE * thread + i;
        let at = i * QUADS + q;
        let rows = batchRows(first + q);
        update[at] = finishGate(first + q, rows, s, UPDATE, u, gateSum(rows, s, UPDATE, u) + z[at]);
        let seen = finishGate(first + q, rows, s, RESET, u, gateSum(rows, s, RESET, u) + r[at]) * before[at];
        hidden[q * UNITS + u] = seen;
        if (params.storeCell == 1u) { storeInner(first + q, rows, s, u, seen); }
      }
    }
    workgroupBarrier();
    let c = gateProducts(CANDIDATE, thread, lane, lanes);
    workgroupBarrier();
    for (var i = 0u; i < TILE; i++) {
      for (var q = 0u; q < QUADS; q++) {
        let u = TILE * thread + i;
        let at = i * QUADS + q;
        let rows = batchRows(first + q);
        let sum = gateSum(rows, s, CANDIDATE, u) + c[at];
        let next = finishCandidate(first + q, rows, s, u, sum, update[at], before[at]);
        before[at] = next;
        hidden[q * UNITS + u] = next;
        storeHidden(first + q, rows, s, u, next);
      }
    }
  }
}
