// All time steps of a recurrence, or a chunk of them, in one launch, for few units: a workgroup owns four batch rows, a
// thread one gate of one unit, whose column of R it keeps in registers. Then a thread for each unit applies the cell. No dropout.

import package::cell::{GATES, State, gatesOf, startOf, finishGate};
import package::lib::direction::{enterDirection, directionRow};
import package::lib::index::workgroupIndex;
import package::lib::recurrence::forward::{recurrentKernel, firstState, finishFromGates};
import package::lib::recurrence::memory::params;
import package::lib::recurrence::rows::{offsetsOf, tilesOf, batchRows, timeOf};

const MAX_QUADS = 16u;
// Units divided by four, rounded up.
override QUADS: u32 = 16u;
override THREADS: u32 = 256u;
// The hidden states, 0 past the last unit.
var<workgroup> hidden: array<vec4f, 4u * QUADS>;
var<workgroup> activated: array<vec4f, GATES * 4u * QUADS>;

fn columnWeight(k: u32, column: u32) -> f32 {
  let units = params.units;
  return select(0.0, recurrentKernel[directionRow(min(k, units - 1u)) * GATES * units + column], k < units);
}

// Gates past the cell's last repeat the last, and gatesOf ignores them.
fn activatedOf(gate: u32, u: u32) -> vec4f { return activated[min(gate, GATES - 1u) * params.units + u]; }

@compute @workgroup_size(THREADS)
fn entry(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let tile = enterDirection(workgroupIndex(workgroup), tilesOf(1u));
  let units = params.units;
  let rows = batchRows(tile);
  let column = min(thread, GATES * units - 1u);
  let gate = column / units;
  let u = column % units;
  var weights: array<vec4f, MAX_QUADS>;
  for (var q = 0u; q < QUADS; q++) {
    let k = 4u * q;
    weights[q] = vec4f(columnWeight(k, column), columnWeight(k + 1u, column), columnWeight(k + 2u, column), columnWeight(k + 3u, column));
  }
  var state = State();
  workgroupBarrier();
  if (thread < 4u * QUADS) { hidden[thread] = vec4f(); }
  if (thread < units) {
    state = firstState(rows, thread);
    hidden[thread] = state.h;
  }
  var input = startOf(offsetsOf(rows, timeOf(params.start)), gate, u);
  for (var s = params.start; s < params.until; s++) {
    workgroupBarrier();
    var z = input;
    for (var q = 0u; q < QUADS; q++) {
      let k = 4u * q;
      z += mat4x4f(hidden[k], hidden[k + 1u], hidden[k + 2u], hidden[k + 3u]) * weights[q];
    }
    if (thread < GATES * units) { activated[thread] = finishGate(tile, offsetsOf(rows, timeOf(s)), gate, u, z); }
    // The load of the next time step's input overlaps with the cell's computation.
    input = startOf(offsetsOf(rows, timeOf(min(s + 1u, params.until - 1u))), gate, u);
    workgroupBarrier();
    if (thread < units) {
      let values = gatesOf(activatedOf(0u, thread), activatedOf(1u, thread), activatedOf(2u, thread), activatedOf(3u, thread));
      state = finishFromGates(tile, rows, s, thread, values, state);
      hidden[thread] = state.h;
    }
  }
}
