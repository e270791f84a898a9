// All time steps of a GRU with the reset gate before the product, or a chunk of them, in one launch, for few units: a workgroup owns
// four batch rows, a thread one gate of one unit, whose column of R it keeps in registers. The candidate's threads own the units:
// they wait for r·h, then apply the cell. No dropout.

import package::cell::{GATES, UPDATE, RESET, CANDIDATE, gateSum, finishGate, finishCandidate};
import package::lib::direction::enterDirection;
import package::lib::index::workgroupIndex;
import package::lib::recurrence::memory::params;
import package::lib::recurrence::reset_before::{weightOf, firstHidden, storeInner, storeHidden};
import package::lib::recurrence::rows::{tilesOf, batchRows};

const MAX_QUADS = 16u;
// Units divided by four, rounded up.
override QUADS: u32 = 16u;
override THREADS: u32 = 192u;
// h and r·h, 0 past the last unit.
var<workgroup> state: array<vec4f, 4u * QUADS>;
var<workgroup> product: array<vec4f, 4u * QUADS>;
// The update gates.
var<workgroup> updates: array<vec4f, 4u * QUADS>;

@compute @workgroup_size(THREADS)
fn entry(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let tile = enterDirection(workgroupIndex(workgroup), tilesOf(1u));
  let units = params.units;
  let rows = batchRows(tile);
  let gate = thread / units;
  let u = thread % units;
  var weights: array<vec4f, MAX_QUADS>;
  for (var q = 0u; q < QUADS; q++) {
    for (var i = 0u; i < 4u; i++) {
      if (4u * q + i < units) { weights[q][i] = weightOf(4u * q + i, min(gate, CANDIDATE), u); }
    }
  }
  var before = vec4f();
  workgroupBarrier();
  for (var j = units + thread; j < 4u * QUADS; j += THREADS) {
    state[j] = vec4f();
    product[j] = vec4f();
  }
  if (gate < GATES) { before = firstHidden(rows, u); }
  if (gate == CANDIDATE) { state[u] = before; }
  for (var s = params.start; s < params.until; s++) {
    workgroupBarrier();
    if (gate < CANDIDATE) {
      var sum = gateSum(rows, s, gate, u);
      for (var q = 0u; q < QUADS; q++) {
        let k = 4u * q;
        sum += mat4x4f(state[k], state[k + 1u], state[k + 2u], state[k + 3u]) * weights[q];
      }
      let value = finishGate(tile, rows, s, gate, u, sum);
      if (gate == UPDATE) {
        updates[u] = value;
      } else {
        let seen = value * state[u];
        product[u] = seen;
        if (params.storeCell == 1u) { storeInner(tile, rows, s, u, seen); }
      }
    }
    workgroupBarrier();
    if (gate == CANDIDATE) {
      var sum = gateSum(rows, s, CANDIDATE, u);
      for (var q = 0u; q < QUADS; q++) {
        let k = 4u * q;
        sum += mat4x4f(product[k], product[k + 1u], product[k + 2u], product[k + 3u]) * weights[q];
      }
      before = finishCandidate(tile, rows, s, u, sum, updates[u], before);
      state[u] = before;
      storeHidden(tile, rows, s, u, before);
    }
  }
}
