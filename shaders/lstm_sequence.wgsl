// All time steps of the LSTM recurrence, or a chunk of them, in one launch: a workgroup owns four batch rows, a thread one
// unit. The hidden state lies in workgroup memory, twice, so that one barrier a step is enough; weights are streamed, each
// gate's read by neighbouring threads from neighbouring places.

import package::lib::direction::enterDirection;
import package::lib::lstm::{Gates, CellState};
import package::lib::lstm_forward::{params, dropoutSeed, recurrentKernel, h0, c0, gates, h, c, hLast, cLast, batchRows, timeOf, firstState, inputGates, addProduct, finishStep};
import package::lib::recurrent_dropout::{DROPS, keptBits, seenByGates};

override THREADS: u32 = 64u;
var<workgroup> hidden: array<vec4f, 2u * THREADS>;
var<workgroup> kept: array<u32, THREADS>;

@compute @workgroup_size(THREADS)
fn lstmSequence(
  @builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) u: u32,
) {
  enterDirection(workgroup.z);
  let tile = workgroup.x + workgroup.y * workgroups.x;
  let units = params.units;
  let rows = batchRows(tile);
  let owned = u < units;
  var state = CellState();
  if (owned) {
    state = firstState(rows, u);
    hidden[u] = state.h;
    if (DROPS == 1u) { kept[u] = keptBits(rows, u, units, params.recurrentRate, dropoutSeed()); }
  }
  var current = 0u;
  for (var s = params.step; s < params.until; s++) {
    workgroupBarrier();
    if (owned) {
      var z = inputGates(rows, timeOf(s), u);
      for (var k = 0u; k < units; k++) {
        z = addProduct(z, seenByGates(hidden[current + k], kept[k], params.recurrentRate), k, u);
      }
      state = finishStep(tile, rows, s, u, z, state.c);
      hidden[THREADS - current + u] = state.h;
    }
    current = THREADS - current;
  }
}
