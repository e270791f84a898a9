// All time steps of a GRU with the reset gate before the product backward, or a chunk of them, in one launch: a workgroup owns four
// batch rows, a thread four units of them. A thread has a 4×4 register tile: for software adapters. The candidate's gradients go
// through R before that of r is known. No dropout.

import package::cell::{UPDATE, RESET, CANDIDATE, firstGradients, secondGradients, storeAt};
import package::lib::direction::enterDirection;
import package::lib::index::workgroupIndex;
import package::lib::recurrence::backward::{rowVectors, outerGradient, leftGradient, storeGradient};
import package::lib::recurrence::memory::{params, stateOffsets, gateOffsets, gateAt};
import package::lib::recurrence::reset_before_columns::{gateVectors, gateColumns, candidateVector, candidateShift, clearOthers};
import package::lib::recurrence::rows::{offsetsOf, tilesOf, batchRows, timeOf};
import package::lib::recurrence::tiled_backward::{TILE, THREADS, rowsTimesGradients};

// dz and dr of the time step processed after, then dc of the one under way, as lib/recurrence/reset_before_columns.wgsl has them.
var<workgroup> dz: array<vec4f, 4u * (3u * THREADS + 1u)>;

@compute @workgroup_size(THREADS)
fn entry(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let tile = enterDirection(workgroupIndex(workgroup), tilesOf(1u));
  let units = params.units;
  let rows = batchRows(tile);
  let candidates = gateColumns();
  // Units past the last repeat it, and their results are not stored.
  let own = min(thread * TILE + vec4u(0u, 1u, 2u, 3u), vec4u(units - 1u));
  var carried: array<vec4f, TILE>;
  var d: array<vec4f, TILE>;
  var update: array<vec4f, TILE>;
  workgroupBarrier();
  if (thread == 0u) { clearOthers(0u, candidates); }
  if (params.until < params.time) {
    let offsets = offsetsOf(rows, timeOf(params.until));
    for (var i = 0u; i < TILE; i++) {
      carried[i] = leftGradient(stateOffsets(rows, own[i]), 0u);
      dz[UPDATE * units + own[i]] = gateAt(gateOffsets(offsets, UPDATE, own[i]));
      dz[RESET * units + own[i]] = gateAt(gateOffsets(offsets, RESET, own[i]));
    }
  }
  let leavesState = params.storeDInitial == 1u && params.start == 0u;
  let turns = params.until - params.start + 1u;
  for (var turn = 0u; turn < turns; turn++) {
    let after = params.until - turn;
    workgroupBarrier();
    if (after < params.time && (after > params.start || leavesState)) { d = rowsTimesGradients(0u, 0u, gateVectors(), own); }
    if (after == params.start) { break; }
    let s = after - 1u;
    for (var i = 0u; i < TILE; i++) {
      let u = thread * TILE + i;
      if (u < units) {
        let gradients = firstGradients(rows, s, u, d[i] + carried[i] + outerGradient(rows, s, u));
        carried[i] = gradients.carried;
        update[i] = gradients.z;
        dz[candidates + candidateShift() + u] = gradients.c;
        storeAt(tile, rows, s, UPDATE, u, gradients.z);
        storeAt(tile, rows, s, CANDIDATE, u, gradients.c);
      }
    }
    workgroupBarrier();
    let product = rowsTimesGradients(candidates, candidateVector(), rowVectors(), own);
    for (var i = 0u; i < TILE; i++) {
      let u = thread * TILE + i;
      if (u < units) {
        let gradients = secondGradients(rows, s, u, product[i]);
        carried[i] += gradients.carried;
        storeAt(tile, rows, s, RESET, u, gradients.r);
        dz[UPDATE * units + u] = update[i];
        dz[RESET * units + u] = gradients.r;
      }
    }
  }
  for (var i = 0u; i < TILE; i++) {
    let u = thread * TILE + i;
    if (u < units) {
      storeGradient(tile, stateOffsets(rows, u), 0u, select(carried[i], d[i] + carried[i], leavesState));
    }
  }
}
