// All time steps of a GRU with the reset gate before the product backward, or a chunk of them, in one launch: a workgroup owns up to
// sixteen batch rows, a thread four units of all of them, and subgroups share the loads of the gradients that go through R
// (lib/recurrence/subgroups_backward.wgsl). The candidate's go through R before that of r is known. No dropout.

import package::cell::{UPDATE, RESET, CANDIDATE, firstGradients, secondGradients, storeAt};
import package::lib::direction::enterDirection;
import package::lib::index::workgroupIndex;
import package::lib::recurrence::backward::{rowVectors, outerGradient, leftGradient, storeGradient};
import package::lib::recurrence::memory::{params, stateOffsets, gateOffsets, gateAt};
import package::lib::recurrence::reset_before_columns::{gateVectors, gateColumns, candidateVector, candidateColumns, candidateShift, clearOthers};
import package::lib::recurrence::rows::{offsetsOf, tilesOf, batchRows, timeOf};
import package::lib::recurrence::subgroups_backward::{MAX_QUADS, QUADS, TILE, THREADS, UNITS, rowsTimesGradients};

enable subgroups;

// dz and dr of the time step processed after, quad by quad, then dc of the one under way, as lib/recurrence/reset_before_columns.wgsl
// has them.
var<workgroup> dz: array<vec4f, 4u * QUADS * ((2u * UNITS + 3u) / 4u + (3u * UNITS + 3u) / 4u - 2u * UNITS / 4u)>;

@compute @workgroup_size(THREADS)
fn entry(
  @builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let first = QUADS * enterDirection(workgroupIndex(workgroup), tilesOf(QUADS));
  let units = params.units;
  let ofGates = gateColumns();
  let ofCandidate = candidateColumns();
  let candidates = QUADS * ofGates;
  // Lanes are counted, because a subgroup need not be full.
  let lanes = subgroupAdd(1u);
  // Four rows of a unit: quad q's of unit i at i·QUADS + q.
  var carried: array<vec4f, TILE * MAX_QUADS>;
  var d: array<vec4f, TILE * MAX_QUADS>;
  var update: array<vec4f, TILE * MAX_QUADS>;
  workgroupBarrier();
  for (var q = thread; q < QUADS; q += THREADS) { clearOthers(q * ofGates, candidates + q * ofCandidate); }
  if (params.until < params.time) {
    for (var i = 0u; i < TILE; i++) {
      let u = i * THREADS + thread;
      if (u < units) {
        for (var q = 0u; q < QUADS; q++) {
          let rows = batchRows(first + q);
          let offsets = offsetsOf(rows, timeOf(params.until));
          carried[i * QUADS + q] = leftGradient(stateOffsets(rows, u), 0u);
          dz[q * ofGates + UPDATE * units + u] = gateAt(gateOffsets(offsets, UPDATE, u));
          dz[q * ofGates + RESET * units + u] = gateAt(gateOffsets(offsets, RESET, u));
        }
      }
    }
  }
  let leavesState = params.storeDInitial == 1u && params.start == 0u;
  let turns = params.until - params.start + 1u;
  for (var turn = 0u; turn < turns; turn++) {
    let after = params.until - turn;
    workgroupBarrier();
    if (after < params.time && (after > params.start || leavesState)) {
      d = rowsTimesGradients(0u, 0u, gateVectors(), thread, lane, lanes);
    }
    if (after == params.start) { break; }
    let s = after - 1u;
    for (var i = 0u; i < TILE; i++) {
      let u = i * THREADS + thread;
      if (u < units) {
        for (var q = 0u; q < QUADS; q++) {
          let at = i * QUADS + q;
          let rows = batchRows(first + q);
          let gradients = firstGradients(rows, s, u, d[at] + carried[at] + outerGradient(rows, s, u));
          carried[at] = gradients.carried;
          update[at] = gradients.z;
          dz[candidates + q * ofCandidate + candidateShift() + u] = gradients.c;
          storeAt(first + q, rows, s, UPDATE, u, gradients.z);
          storeAt(first + q, rows, s, CANDIDATE, u, gradients.c);
        }
      }
    }
    workgroupBarrier();
    let product = rowsTimesGradients(candidates, candidateVector(), rowVectors(), thread, lane, lanes);
    for (var i = 0u; i < TILE; i++) {
      let u = i * THREADS + thread;
      if (u < units) {
        for (var q = 0u; q < QUADS; q++) {
          let at = i * QUADS + q;
          let rows = batchRows(first + q);
          let gradients = secondGradients(rows, s, u, product[at]);
          carried[at] += gradients.carried;
          storeAt(first + q, rows, s, RESET, u, gradients.r);
          dz[q * ofGates + UPDATE * units + u] = update[at];
          dz[q * ofGates + RESET * units + u] = gradients.r;
        }
      }
    }
  }
  for (var i = 0u; i < TILE; i++) {
    let u = i * THREADS + thread;
    if (u < units) {
      for (var q = 0u; q < QUADS; q++) {
        let at = i * QUADS + q;
        let p = stateOffsets(batchRows(first + q), u);
        storeGradient(first + q, p, 0u, select(carried[at], d[at] + carried[at], leavesState));
      }
    }
  }
}
