// One time step of a GRU with the reset gate before the product in two launches, for any number of units: one for z, r and r·h, and
// one for the candidate and h. A workgroup owns 16 units of up to 16 batch rows, a thread one unit of four rows; what R multiplies is
// staged in workgroup memory, and threads take turns along k. No dropout.

import package::cell::{UPDATE, RESET, CANDIDATE, gateSum, gateValue, finishGate, finishCandidate};
import package::lib::direction::enterDirection;
import package::lib::index::workgroupIndex;
import package::lib::recurrence::memory::params;
import package::lib::recurrence::reset_before::{weightOf, offsetsBefore, hiddenBefore, innerAt, storeInner, storeHidden};
import package::lib::recurrence::rows::{tilesOf, batchRows};

// Which of the two launches this is.
override PHASE: u32 = 0u;
const UNITS = 16u;
const THREADS = 256u;
// Vectors of four rows of a workgroup: 1, 2 or 4.
override QUADS: u32 = 4u;
var<workgroup> staged: array<vec4f, THREADS>;

// What R multiplies: h, or r·h.
fn factorAt(rows: vec4u, s: u32, k: u32) -> vec4f {
  if (PHASE == 1u) { return innerAt(rows, s, k); }
  return hiddenBefore(offsetsBefore(rows, s), s, k);
}

// The sum over all turns, valid in the threads of the first; all threads must call this, since it has barriers.
fn overTurns(thread: u32, part: vec4f) -> vec4f {
  workgroupBarrier();
  staged[thread] = part;
  workgroupBarrier();
  var sum = vec4f();
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
  let hasBefore = s > 0u || params.hasState == 1u;
  // Of z and r, or the candidate's.
  var one = vec4f();
  var other = vec4f();
  if (hasBefore) {
    let depth = THREADS / QUADS;
    for (var start = 0u; start < units; start += depth) {
      let end = min(depth, units - start);
      workgroupBarrier();
      let own = thread % depth;
      if (own < end) { staged[own * QUADS + thread / depth] = factorAt(batchRows(first + thread / depth), s, start + own); }
      workgroupBarrier();
      for (var k = thread / (UNITS * QUADS); k < end; k += THREADS / (UNITS * QUADS)) {
        let factor = staged[k * QUADS + quad];
        let column = min(u, units - 1u);
        if (PHASE == 0u) {
          one += weightOf(start + k, UPDATE, column) * factor;
          other += weightOf(start + k, RESET, column) * factor;
        } else {
          one += weightOf(start + k, CANDIDATE, column) * factor;
        }
      }
    }
  }
  one = overTurns(thread, one);
  if (PHASE == 0u) { other = overTurns(thread, other); }
  if (thread < UNITS * QUADS && u < units) {
    let tile = first + quad;
    let rows = batchRows(tile);
    var before = vec4f();
    if (hasBefore) { before = hiddenBefore(offsetsBefore(rows, s), s, u); }
    if (PHASE == 0u) {
      finishGate(tile, rows, s, UPDATE, u, gateSum(rows, s, UPDATE, u) + one);
      let reset = finishGate(tile, rows, s, RESET, u, gateSum(rows, s, RESET, u) + other);
      storeInner(tile, rows, s, u, reset * before);
    } else {
      let sum = gateSum(rows, s, CANDIDATE, u) + one;
      storeHidden(tile, rows, s, u, finishCandidate(tile, rows, s, u, sum, gateValue(rows, s, UPDATE, u), before));
    }
  }
}
