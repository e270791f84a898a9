// One time step of a recurrence backward, fused with its product R·dz, for any number of units: a workgroup owns 16 units of up to
// 16 batch rows (lib/recurrence/fused_backward.wgsl). Launches pass the cell's carried gradients on through dInitial. No dropout.

import package::cell::GATES;
import package::lib::direction::enterDirection;
import package::lib::index::workgroupIndex;
import package::lib::recurrence::backward::{outerGradient, firstCarried, firstHandedOn, handedOn, receivedBy, timestepGradient, leaveGradients};
import package::lib::recurrence::fused_backward::{UNITS, THREADS, QUADS, recurrentGradient};
import package::lib::recurrence::memory::{MASKED, params};
import package::lib::recurrence::rows::{tilesOf, batchRows, timeOf};

@compute @workgroup_size(THREADS)
fn entry(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let units = params.units;
  let across = (units + UNITS - 1u) / UNITS;
  let index = enterDirection(workgroupIndex(workgroup), across * tilesOf(QUADS));
  let first = index / across * QUADS;
  let firstUnit = index % across * UNITS;
  let leavesState = params.start == params.time;
  let s = select(params.start, 0u, leavesState);
  var d = vec4f();
  if (leavesState || s < params.time - 1u) {
    d = recurrentGradient(thread, firstUnit, first, timeOf(select(s + 1u, 0u, leavesState)), 0u, GATES * units);
  }
  let u = firstUnit + thread % UNITS;
  if (thread < UNITS * QUADS && u < units) {
    let tile = first + thread / UNITS;
    let rows = batchRows(tile);
    var carried = firstCarried(rows, u);
    d = receivedBy(d, firstHandedOn(rows, u));
    if (!leavesState) {
      let whole = d + outerGradient(rows, s, u);
      carried = timestepGradient(tile, rows, s, u, whole, carried).carried;
      if (MASKED == 1u) { d = handedOn(rows, s, whole); }
    }
    leaveGradients(tile, rows, u, d, carried, leavesState);
  }
}
