// One time step of a recurrence, its product h·R fused with the cell, for any number of units: a workgroup owns 16 units of up to
// 16 batch rows, a thread one unit of four rows. The previous states are staged in workgroup memory; threads take turns along k, so
// that a small batch fills a workgroup too, and add up their sums. No dropout.

import package::cell::{GATES, Gates, gatesOf, gateOf, addGates};
import package::lib::direction::enterDirection;
import package::lib::index::workgroupIndex;
import package::lib::recurrence::forward::{offsetsBefore, hiddenBefore, stateFromMemory, startGates, addProduct, finishCell};
import package::lib::recurrence::memory::params;
import package::lib::recurrence::rows::{tilesOf, batchRows, timeOf};

const UNITS = 16u;
const THREADS = 256u;
// Vectors of four rows of a workgroup: 1, 2 or 4.
override QUADS: u32 = 4u;
var<workgroup> staged: array<vec4f, THREADS>;

// The sum of all threads' parts of a gate, valid in the threads of the first turn, which have one unit of four rows each; all
// threads must call this, since it has barriers.
fn overTurns(thread: u32, z: Gates, gate: u32) -> vec4f {
  var sum = vec4f();
  if (gate >= GATES) { return sum; }
  workgroupBarrier();
  staged[thread] = gateOf(z, gate);
  workgroupBarrier();
  for (var e = thread; e < THREADS; e += UNITS * QUADS) { sum += staged[e]; }
  return sum;
}

@compute @workgroup_size(THREADS)
fn entry(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let units = params.units;
  let across = (units + UNITS - 1u) / UNITS;
  let index = enterDirection(workgroupIndex(workgroup), across * tilesOf(QUADS));
  let first = index / across * QUADS;
  let u = index % across * UNITS + thread % UNITS;
  let quad = thread / UNITS % QUADS;
  let s = params.start;
  var z = Gates();
  if (s > 0u || params.hasState == 1u) {
    let depth = THREADS / QUADS;
    for (var start = 0u; start < units; start += depth) {
      let end = min(depth, units - start);
      workgroupBarrier();
      let own = thread % depth;
      if (own < end) {
        let rows = batchRows(first + thread / depth);
        staged[own * QUADS + thread / depth] = hiddenBefore(offsetsBefore(rows, s), s, start + own);
      }
      workgroupBarrier();
      for (var k = thread / (UNITS * QUADS); k < end; k += THREADS / (UNITS * QUADS)) {
        let state = staged[k * QUADS + quad];
        z = addProduct(z, gatesOf(state, state, state, state), start + k, min(u, units - 1u));
      }
    }
  }
  let sum = gatesOf(overTurns(thread, z, 0u), overTurns(thread, z, 1u), overTurns(thread, z, 2u), overTurns(thread, z, 3u));
  if (thread < UNITS * QUADS && u < units) {
    let rows = batchRows(first + quad);
    let total = addGates(startGates(rows, timeOf(s), u), sum);
    finishCell(first + quad, rows, s, u, total, stateFromMemory(rows, s, u));
  }
}
