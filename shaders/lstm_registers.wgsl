// All time steps of the LSTM recurrence, or a chunk of them, in one launch, for up to 64 units: a workgroup owns four batch
// rows, a thread one column of R, which it keeps in registers. It activates its gate of one unit; then a thread for each
// unit steps the cell. Loops over the weights have constant bounds, so that compilers unroll them.

import package::lib::activation::stored;
import package::lib::direction::{enterDirection, ownRow};
import package::lib::lstm::{ACTIVATION, RECURRENT_ACTIVATION, Gates, CellState, lstmCell, placeOf};
import package::lib::lstm_forward::{params, dropoutSeed, recurrentKernel, h0, c0, gates, h, c, hLast, cLast, batchRows, timeOf, firstState, gateAt, storeGate, storeState};
import package::lib::recurrent_dropout::{DROPS, keptBits, seenByGates};

const MAX_QUADS = 16u;
// Units, in vectors of four.
override QUADS: u32 = 16u;
override THREADS: u32 = 256u;
// The state as each gate sees it, or once for all; 0 past the last unit.
var<workgroup> hidden: array<vec4f, 16u * QUADS>;
var<workgroup> activated: array<vec4f, 16u * QUADS>;

fn weightAt(k: u32, column: u32) -> f32 {
  return select(0.0, recurrentKernel[ownRow(min(k, params.units - 1u)) * 4u * params.units + column], k < params.units);
}

fn show(u: u32, state: vec4f, bits: u32) {
  let seen = seenByGates(state, bits, params.recurrentRate);
  hidden[u] = seen.i;
  if (DROPS == 1u) {
    hidden[4u * QUADS + u] = seen.f;
    hidden[8u * QUADS + u] = seen.g;
    hidden[12u * QUADS + u] = seen.o;
  }
}

@compute @workgroup_size(THREADS)
fn lstmRegisters(
  @builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) thread: u32,
) {
  enterDirection(workgroup.z);
  let tile = workgroup.x + workgroup.y * workgroups.x;
  let units = params.units;
  let rows = batchRows(tile);
  let column = min(thread, 4u * units - 1u);
  let gate = column / units;
  let seen = select(0u, gate * 4u * QUADS, DROPS == 1u);
  var weights: array<vec4f, MAX_QUADS>;
  for (var q = 0u; q < QUADS; q++) {
    let k = 4u * q;
    weights[q] = vec4f(weightAt(k, column), weightAt(k + 1u, column), weightAt(k + 2u, column), weightAt(k + 3u, column));
  }
  var state = CellState();
  var bits = 0u;
  if (thread < units) {
    state = firstState(rows, thread);
    if (DROPS == 1u) { bits = keptBits(rows, thread, units, params.recurrentRate, dropoutSeed()); }
    show(thread, state.h, bits);
  }
  var input = gateAt(placeOf(rows, params.time, timeOf(params.step)) * 4u * units + column);
  for (var s = params.step; s < params.until; s++) {
    workgroupBarrier();
    var z = input;
    for (var q = 0u; q < QUADS; q++) {
      let k = seen + 4u * q;
      z += mat4x4f(hidden[k], hidden[k + 1u], hidden[k + 2u], hidden[k + 3u]) * weights[q];
    }
    if (gate == 2u) { z = stored(ACTIVATION, z); } else { z = stored(RECURRENT_ACTIVATION, z); }
    if (thread < 4u * units) {
      activated[thread] = z;
      storeGate(tile, placeOf(rows, params.time, timeOf(s)) * 4u * units + thread, z);
    }
    // The next step's input is on its way while the cell is stepped.
    input = gateAt(placeOf(rows, params.time, timeOf(min(s + 1u, params.until - 1u))) * 4u * units + column);
    workgroupBarrier();
    if (thread < units) {
      let u = thread;
      state = lstmCell(Gates(activated[u], activated[u + units], activated[u + 2u * units], activated[u + 3u * units]), state.c);
      storeState(tile, rows, s, u, state);
      show(u, state.h, bits);
    }
  }
}
