// All time steps, or a chunk of them, of a recurrence backward in one launch: dh = dh_above + R·dz of the time step
// processed after, then the cell's gradients. A workgroup owns four batch rows, a thread four units of them; this dz lies in
// workgroup memory, four rows a vector. A thread has a 4×4 register tile: for software adapters. No dropout.

import package::cell::{GATES, gateOf, Carried, gradientOffsets, gradientAt};
import package::lib::direction::enterDirection;
import package::lib::index::workgroupIndex;
import package::lib::recurrence::backward::{rowVectors, outerGradient, firstCarried, firstHandedOn, handedOn, receivedBy, timestepGradient, leaveGradients};
import package::lib::recurrence::memory::{MASKED, params};
import package::lib::recurrence::rows::{offsetsOf, tilesOf, batchRows, timeOf};
import package::lib::recurrence::tiled_backward::{TILE, THREADS, rowsTimesGradients};

var<workgroup> dz: array<vec4f, GATES * TILE * THREADS>;

@compute @workgroup_size(THREADS)
fn entry(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let tile = enterDirection(workgroupIndex(workgroup), tilesOf(1u));
  let units = params.units;
  let rows = batchRows(tile);
  // Units past the last repeat it, and their results are not stored.
  let own = min(thread * TILE + vec4u(0u, 1u, 2u, 3u), vec4u(units - 1u));
  var carried: array<Carried, TILE>;
  var d: array<vec4f, TILE>;
  for (var i = 0u; i < TILE; i++) {
    carried[i] = firstCarried(rows, own[i]);
    d[i] = firstHandedOn(rows, own[i]);
  }
  workgroupBarrier();
  // The last vector of a row may end past it.
  for (var j = GATES * units + thread; j < 4u * rowVectors(); j += THREADS) { dz[j] = vec4f(); }
  if (params.until < params.time) {
    let p = gradientOffsets(offsetsOf(rows, timeOf(params.until)));
    for (var j = thread; j < GATES * units; j += THREADS) { dz[j] = gradientAt(p, j); }
  }
  let leavesState = params.storeDInitial == 1u && params.start == 0u;
  let turns = params.until - params.start + 1u;
  for (var turn = 0u; turn < turns; turn++) {
    let after = params.until - turn;
    workgroupBarrier();
    if (after < params.time && (after > params.start || leavesState)) {
      let product = rowsTimesGradients(0u, 0u, rowVectors(), own);
      for (var i = 0u; i < TILE; i++) { d[i] = receivedBy(product[i], d[i]); }
    }
    if (after == params.start) { break; }
    workgroupBarrier();
    let s = after - 1u;
    for (var i = 0u; i < TILE; i++) {
      let u = thread * TILE + i;
      if (u < units) {
        let whole = d[i] + outerGradient(rows, s, u);
        let g = timestepGradient(tile, rows, s, u, whole, carried[i]);
        if (MASKED == 1u) { d[i] = handedOn(rows, s, whole); }
        carried[i] = g.carried;
        for (var gate = 0u; gate < GATES; gate++) { dz[gate * units + u] = gateOf(g.z, gate); }
      }
    }
  }
  for (var i = 0u; i < TILE; i++) {
    let u = thread * TILE + i;
    if (u < units) { leaveGradients(tile, rows, u, d[i], carried[i], leavesState); }
  }
}
