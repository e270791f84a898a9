// One time step of a GRU with the reset gate before the product backward in two launches, for any number of units: one for the
// gradients of z and of the candidate, and one for that of r, which come through the candidate's. A workgroup owns 16 units of up to
// 16 batch rows (lib/recurrence/fused_backward.wgsl); launches pass what goes to the previous time step beside R·(dz, dr) on through
// dInitial. No dropout.

import package::cell::{GATES, UPDATE, RESET, CANDIDATE, firstGradients, secondGradients, storeAt};
import package::lib::direction::enterDirection;
import package::lib::index::workgroupIndex;
import package::lib::recurrence::backward::{outerGradient, leftGradient, storeGradient};
import package::lib::recurrence::fused_backward::{UNITS, THREADS, QUADS, recurrentGradient};
import package::lib::recurrence::memory::{params, stateOffsets};
import package::lib::recurrence::rows::{tilesOf, batchRows, timeOf};

// Which of the two launches this is.
override PHASE: u32 = 0u;

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
  if (PHASE == 1u) {
    d = recurrentGradient(thread, firstUnit, first, timeOf(s), CANDIDATE * units, GATES * units);
  } else if (leavesState || s < params.time - 1u) {
    d = recurrentGradient(thread, firstUnit, first, timeOf(select(s + 1u, 0u, leavesState)), 0u, CANDIDATE * units);
  }
  let u = firstUnit + thread % UNITS;
  if (thread >= UNITS * QUADS || u >= units) { return; }
  let tile = first + thread / UNITS;
  let rows = batchRows(tile);
  let p = stateOffsets(rows, u);
  if (PHASE == 1u) {
    let second = secondGradients(rows, s, u, d);
    storeAt(tile, rows, s, RESET, u, second.r);
    storeGradient(tile, p, 0u, leftGradient(p, 0u) + second.carried);
    return;
  }
  if (leavesState || params.until < params.time) { d += leftGradient(p, 0u); }
  if (!leavesState) {
    let gradients = firstGradients(rows, s, u, d + outerGradient(rows, s, u));
    storeAt(tile, rows, s, UPDATE, u, gradients.z);
    storeAt(tile, rows, s, CANDIDATE, u, gradients.c);
    d = gradients.carried;
  }
  storeGradient(tile, p, 0u, d);
}
