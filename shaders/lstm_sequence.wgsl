// The whole LSTM recurrence in one launch: a workgroup owns four batch rows for all time, a thread one unit of them.
// The hidden state lives in workgroup memory, twice, so that one barrier a step is enough; the cell state in registers.

import package::lib::lstm::{Gates, CellState};
import package::lib::lstm_forward::{params, recurrentKernel, h0, c0, gates, h, c, hLast, cLast, batchRows, timeOf, inputGates, addProduct, finishStep};
import package::lib::recurrent_dropout::{DROPS, keptBits, seenByGates};

const MAX_UNITS = 256u;
override THREADS: u32 = 64u;
var<workgroup> hidden: array<vec4f, 2u * MAX_UNITS>;
var<workgroup> kept: array<u32, MAX_UNITS>;

@compute @workgroup_size(THREADS)
fn lstmSequence(
  @builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) u: u32,
) {
  let tile = workgroup.x + workgroup.y * workgroups.x;
  let units = params.units;
  let rows = batchRows(tile);
  let owned = u < units;
  var state = CellState();
  if (owned && params.hasState == 1u) {
    let p = rows * units + u;
    state.h = vec4f(h0[p.x], h0[p.y], h0[p.z], h0[p.w]);
    state.c = vec4f(c0[p.x], c0[p.y], c0[p.z], c0[p.w]);
  }
  if (owned) {
    hidden[u] = state.h;
    if (DROPS == 1u) { kept[u] = keptBits(rows, u, units, params.recurrentRate, params.seed); }
  }
  var current = 0u;
  for (var s = 0u; s < params.time; s++) {
    workgroupBarrier();
    if (owned) {
      let t = timeOf(s);
      var z = inputGates(rows, t, u);
      for (var k = 0u; k < units; k++) {
        z = addProduct(z, seenByGates(hidden[current + k], kept[k], params.recurrentRate), k, u);
      }
      state = finishStep(tile, rows, s, t, u, z, state.c);
      hidden[MAX_UNITS - current + u] = state.h;
    }
    current = MAX_UNITS - current;
  }
}
