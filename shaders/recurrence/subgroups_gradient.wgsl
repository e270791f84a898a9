// All time steps, or a chunk of them, of a recurrence backward in one launch: dh = dh_above + R·dz of the time step
// processed after, then the cell's gradients. A workgroup owns up to sixteen batch rows, a thread four units of all of them, and
// subgroups share the loads of dz (lib/recurrence/subgroups_backward.wgsl). No dropout.

import package::cell::{GATES, gateOf, Carried, gradientOffsets, gradientAt};
import package::lib::direction::enterDirection;
import package::lib::index::workgroupIndex;
import package::lib::recurrence::backward::{rowVectors, outerGradient, firstCarried, firstHandedOn, handedOn, receivedBy, timestepGradient, leaveGradients};
import package::lib::recurrence::memory::{MASKED, params};
import package::lib::recurrence::rows::{offsetsOf, tilesOf, batchRows, timeOf};
import package::lib::recurrence::subgroups_backward::{MAX_QUADS, QUADS, TILE, THREADS, UNITS, rowsTimesGradients};

enable subgroups;

// Column j of quad q's rows at 4·q·rowVectors() + j.
var<workgroup> dz: array<vec4f, QUADS * ((GATES * UNITS + 3u) / 4u * 4u)>;

@compute @workgroup_size(THREADS)
fn entry(
  @builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let first = QUADS * enterDirection(workgroupIndex(workgroup), tilesOf(QUADS));
  let units = params.units;
  let columns = 4u * rowVectors();
  // Lanes are counted, because a subgroup need not be full.
  let lanes = subgroupAdd(1u);
  // Four rows of a unit: quad q's of unit i at i·QUADS + q.
  var carried: array<Carried, TILE * MAX_QUADS>;
  var d: array<vec4f, TILE * MAX_QUADS>;
  for (var i = 0u; i < TILE; i++) {
    // Units past the last repeat it, and their results are not stored.
    let u = min(i * THREADS + thread, units - 1u);
    for (var q = 0u; q < QUADS; q++) {
      carried[i * QUADS + q] = firstCarried(batchRows(first + q), u);
      d[i * QUADS + q] = firstHandedOn(batchRows(first + q), u);
    }
  }
  workgroupBarrier();
  // The last vector of a row may end past it.
  for (var q = 0u; q < QUADS; q++) {
    for (var j = GATES * units + thread; j < columns; j += THREADS) { dz[q * columns + j] = vec4f(); }
  }
  if (params.until < params.time) {
    for (var q = 0u; q < QUADS; q++) {
      let p = gradientOffsets(offsetsOf(batchRows(first + q), timeOf(params.until)));
      for (var j = thread; j < GATES * units; j += THREADS) { dz[q * columns + j] = gradientAt(p, j); }
    }
  }
  let leavesState = params.storeDInitial == 1u && params.start == 0u;
  let turns = params.until - params.start + 1u;
  for (var turn = 0u; turn < turns; turn++) {
    let after = params.until - turn;
    workgroupBarrier();
    if (after < params.time && (after > params.start || leavesState)) {
      let product = rowsTimesGradients(0u, 0u, rowVectors(), thread, lane, lanes);
      for (var i = 0u; i < TILE * QUADS; i++) { d[i] = receivedBy(product[i], d[i]); }
    }
    if (after == params.start) { break; }
    workgroupBarrier();
    let s = after - 1u;
    for (var i = 0u; i < TILE; i++) {
      let u = i * THREADS + thread;
      if (u < units) {
        for (var q = 0u; q < QUADS; q++) {
          let at = i * QUADS + q;
          let rows = batchRows(first + q);
          let whole = d[at] + outerGradient(rows, s, u);
          let g = timestepGradient(first + q, rows, s, u, whole, carried[at]);
          if (MASKED == 1u) { d[at] = handedOn(rows, s, whole); }
          carried[at] = g.carried;
          for (var gate = 0u; gate < GATES; gate++) { dz[q * columns + gate * units + u] = gateOf(g.z, gate); }
        }
      }
    }
  }
  for (var i = 0u; i < TILE; i++) {
    let u = i * THREADS + thread;
    if (u < units) {
      for (var q = 0u; q < QUADS; q++) {
        leaveGradients(first + q, batchRows(first + q), u, d[i * QUADS + q], carried[i * QUADS + q], leavesState);
      }
    }
  }
}
