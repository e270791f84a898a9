// All time steps of a recurrence, or a chunk of them, in one launch: a workgroup owns sixteen batch rows, a thread four units of
// all of them, and subgroups share the loads of h (lib/recurrence/subgroups.wgsl). Four divides the units. No dropout.

import package::cell::{State, gatesOf, addGates};
import package::lib::direction::enterDirection;
import package::lib::index::workgroupIndex;
import package::lib::recurrence::forward::{firstState, startGates, finishCell};
import package::lib::recurrence::memory::params;
import package::lib::recurrence::rows::{tilesOf, batchRows, timeOf};
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
  var states: array<State, TILE * QUADS>;
  workgroupBarrier();
  for (var i = 0u; i < TILE; i++) {
    for (var q = 0u; q < QUADS; q++) {
      let u = TILE * thread + i;
      let state = firstState(batchRows(first + q), u);
      states[i * QUADS + q] = state;
      hidden[q * UNITS + u] = state.h;
    }
  }
  for (var s = params.start; s < params.until; s++) {
    workgroupBarrier();
    let z0 = gateProducts(0u, thread, lane, lanes);
    let z1 = gateProducts(1u, thread, lane, lanes);
    let z2 = gateProducts(2u, thread, lane, lanes);
    let z3 = gateProducts(3u, thread, lane, lanes);
    workgroupBarrier();
    for (var i = 0u; i < TILE; i++) {
      for (var q = 0u; q < QUADS; q++) {
        let u = TILE * thread + i;
        let at = i * QUADS + q;
        let rows = batchRows(first + q);
        let z = addGates(startGates(rows, timeOf(s), u), gatesOf(z0[at], z1[at], z2[at], z3[at]));
        let state = finishCell(first + q, rows, s, u, z, states[at]);
        states[at] = state;
        hidden[q * UNITS + u] = state.h;
      }
    }
  }
}
