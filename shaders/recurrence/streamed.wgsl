// All time steps of a recurrence, or a chunk of them, in one launch: a workgroup owns four batch rows, a thread one unit. The
// hidden state lies in workgroup memory, twice, so that one barrier a time step is enough; weights are streamed: neighbouring
// threads read neighbouring weights of a gate.

import package::cell::State;
import package::lib::direction::enterDirection;
import package::lib::index::workgroupIndex;
import package::lib::recurrence::forward::{firstState, startGates, addProduct, finishCell};
import package::lib::recurrence::memory::params;
import package::lib::recurrence::rows::{tilesOf, batchRows, timeOf, dropoutSeed};
import package::lib::recurrence::seen::seenByGates;
import package::lib::recurrent_dropout::{DROPS, maskBits};

override THREADS: u32 = 64u;
const TOGETHER = 8u;
var<workgroup> hidden: array<vec4f, 2u * THREADS>;
var<workgroup> masks: array<u32, THREADS>;

@compute @workgroup_size(THREADS)
fn entry(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) u: u32) {
  let tile = enterDirection(workgroupIndex(workgroup), tilesOf(1u));
  let units = params.units;
  let rows = batchRows(tile);
  let owned = u < units;
  var state = State();
  workgroupBarrier();
  if (owned) {
    state = firstState(rows, u);
    hidden[u] = state.h;
    if (DROPS == 1u) { masks[u] = maskBits(rows, u, units, params.recurrentRate, dropoutSeed()); }
  }
  var current = 0u;
  for (var s = params.start; s < params.until; s++) {
    workgroupBarrier();
    if (owned) {
      var z = startGates(rows, timeOf(s), u);
      // Several units at a time, without a branch between their loads, so that a GPU requests all weights before it waits for one.
      var k = 0u;
      for (; k + TOGETHER <= units; k += TOGETHER) {
        for (var i = 0u; i < TOGETHER; i++) { z = addProduct(z, seenByGates(hidden[current + k + i], masks[k + i]), k + i, u); }
      }
      for (; k < units; k++) { z = addProduct(z, seenByGates(hidden[current + k], masks[k]), k, u); }
      state = finishCell(tile, rows, s, u, z, state);
      hidden[THREADS - current + u] = state.h;
    }
    current = THREADS - current;
  }
}
