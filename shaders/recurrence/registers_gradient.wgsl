// All time steps of a recurrence backward, or a chunk of them, in one launch, for few units: a workgroup owns four batch rows,
// a thread one gate's weights of one unit's row of R, which it keeps in registers. The gates' parts of R·dz are added up in
// workgroup memory; then a thread for each unit computes the cell's gradients. No dropout.

import package::cell::{GATES, gateOf, Carried, gradientOffsets, gradientAt};
import package::lib::direction::enterDirection;
import package::lib::index::workgroupIndex;
import package::lib::recurrence::backward::{weightAt, outerGradient, firstCarried, firstHandedOn, handedOn, receivedBy, timestepGradient, leaveGradients};
import package::lib::recurrence::memory::{MASKED, params};
import package::lib::recurrence::rows::{offsetsOf, tilesOf, batchRows, timeOf};

const MAX_QUADS = 16u;
// Units divided by four, rounded up.
override QUADS: u32 = 16u;
override THREADS: u32 = 256u;
// dz of the time step processed after, by gate; 0 past the last unit.
var<workgroup> dz: array<vec4f, GATES * 4u * QUADS>;
var<workgroup> parts: array<vec4f, GATES * 4u * QUADS>;

@compute @workgroup_size(THREADS)
fn entry(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let tile = enterDirection(workgroupIndex(workgroup), tilesOf(1u));
  let units = params.units;
  let rows = batchRows(tile);
  let unit = thread % units;
  let gate = min(thread / units, GATES - 1u);
  let owned = thread < units;
  var weights: array<vec4f, MAX_QUADS>;
  for (var q = 0u; q < QUADS; q++) {
    for (var i = 0u; i < 4u; i++) {
      if (4u * q + i < units) { weights[q][i] = weightAt(unit, gate * units + 4u * q + i); }
    }
  }
  var carried = Carried();
  workgroupBarrier();
  if (thread < 4u * QUADS) {
    for (var g = 0u; g < GATES; g++) { dz[g * 4u * QUADS + thread] = vec4f(); }
  }
  if (owned) {
    carried = firstCarried(rows, thread);
    if (params.until < params.time) {
      let p = gradientOffsets(offsetsOf(rows, timeOf(params.until)));
      for (var g = 0u; g < GATES; g++) { dz[g * 4u * QUADS + thread] = gradientAt(p, g * units + thread); }
    }
  }
  let leavesState = params.storeDInitial == 1u && params.start == 0u;
  var d = firstHandedOn(rows, unit);
  let turns = params.until - params.start + 1u;
  for (var turn = 0u; turn < turns; turn++) {
    let after = params.until - turn;
    workgroupBarrier();
    let isGiven = after < params.time && (after > params.start || leavesState);
    if (isGiven) {
      var part = vec4f();
      for (var q = 0u; q < QUADS; q++) {
        let k = gate * 4u * QUADS + 4u * q;
        part += mat4x4f(dz[k], dz[k + 1u], dz[k + 2u], dz[k + 3u]) * weights[q];
      }
      if (thread < GATES * units) { parts[thread] = part; }
    }
    workgroupBarrier();
    if (owned && isGiven) {
      var product = parts[thread];
      for (var g = 1u; g < GATES; g++) { product += parts[thread + g * units]; }
      d = receivedBy(product, d);
    }
    if (after == params.start) { break; }
    if (owned) {
      let s = after - 1u;
      let whole = d + outerGradient(rows, s, thread);
      let g = timestepGradient(tile, rows, s, thread, whole, carried);
      if (MASKED == 1u) { d = handedOn(rows, s, whole); }
      carried = g.carried;
      for (var i = 0u; i < GATES; i++) { dz[i * 4u * QUADS + thread] = gateOf(g.z, i); }
    }
  }
  if (owned) { leaveGradients(tile, rows, thread, d, carried, leavesState); }
}
