// What every strategy of a recurrence reads and writes forward, for any cell; memory.wgsl lists what a cell declares.
//   h [B, T, U]; last: the last states, one after another as in `initial`; recurrentKernel [U, GATES · U]; of two directions side
//   by side (lib/direction.wgsl)

import package::cell::{GATES, STATES, Gates, State, gatesOf, gateOf, statesOf, stateOf, stateBefore, addWeighted, startOf, finishGate, nextState, storeState};
import package::lib::direction::{directionRow, directionRows};
import package::lib::operand::Operand;
import package::lib::recurrence::memory::{MASKED, params, initial, initialState, stateOffsets, validAt};
import package::lib::recurrence::rows::{offsetsOf, timeOf};

@group(0) @binding(0) var<storage, read> recurrentKernel: array<Operand>;
@group(0) @binding(3) var<storage, read_write> h: array<f32>;
@group(0) @binding(4) var<storage, read_write> last: array<f32>;

fn lastState(p: vec4u, index: u32) -> vec4f {
  if (index >= STATES) { return vec4f(); }
  let q = p + index * params.stateStride;
  return vec4f(last[q.x], last[q.y], last[q.z], last[q.w]);
}

// The state before the launch's first time step: what the previous launch left, or the initial state.
fn firstState(rows: vec4u, u: u32) -> State {
  let p = stateOffsets(rows, u);
  if (params.start > 0u) { return statesOf(lastState(p, 0u), lastState(p, 1u)); }
  if (params.hasState == 0u) { return State(); }
  return statesOf(initialState(p, 0u), initialState(p, 1u));
}

// Offset of h before time step s, in units: in the sequence, or in the initial states.
fn offsetsBefore(rows: vec4u, s: u32) -> vec4u {
  return select(directionRows(rows), offsetsOf(rows, timeOf(max(s, 1u) - 1u)), s > 0u) * params.units;
}

// h of unit k, at the offsets of offsetsBefore.
fn hiddenBefore(offsets: vec4u, s: u32, k: u32) -> vec4f {
  let p = offsets + k;
  if (s > 0u) { return vec4f(h[p.x], h[p.y], h[p.z], h[p.w]); }
  return vec4f(initial[p.x], initial[p.y], initial[p.z], initial[p.w]);
}

// The state before time step s for a launch that has none in registers: whole where masks may leave it as it was.
fn stateFromMemory(rows: vec4u, s: u32, u: u32) -> State {
  let state = stateBefore(rows, s, u);
  if (MASKED == 0u || (s == 0u && params.hasState == 0u)) { return state; }
  return statesOf(hiddenBefore(offsetsBefore(rows, s), s, u), stateOf(state, 1u));
}

fn startOrNone(offsets: vec4u, gate: u32, u: u32) -> vec4f {
  if (gate >= GATES) { return vec4f(); }
  return startOf(offsets, gate, u);
}

// The start of the sums of a unit's gates: z.
fn startGates(rows: vec4u, t: u32, u: u32) -> Gates {
  let offsets = offsetsOf(rows, t);
  return gatesOf(
    startOrNone(offsets, 0u, u), startOrNone(offsets, 1u, u), startOrNone(offsets, 2u, u), startOrNone(offsets, 3u, u),
  );
}

// Adds unit k's part of h·R to z; `before` is h of unit k as each gate sees it. Gates past the cell's last repeat the last.
fn addProduct(z: Gates, before: Gates, k: u32, u: u32) -> Gates {
  let units = params.units;
  let p = directionRow(k) * GATES * units + u;
  let weights = vec4f(
    recurrentKernel[p], recurrentKernel[p + min(1u, GATES - 1u) * units],
    recurrentKernel[p + min(2u, GATES - 1u) * units], recurrentKernel[p + min(3u, GATES - 1u) * units],
  );
  return addWeighted(z, weights, before);
}

// Computes the next state from finished gates, and stores whatever a later operation reads of it.
fn finishFromGates(tile: u32, rows: vec4u, s: u32, u: u32, values: Gates, before: State) -> State {
  let offsets = offsetsOf(rows, timeOf(s));
  var state = nextState(tile, offsets, u, values, before);
  if (MASKED == 1u) {
    let valid = validAt(rows, timeOf(s));
    state = statesOf(
      select(stateOf(before, 0u), stateOf(state, 0u), valid), select(stateOf(before, 1u), stateOf(state, 1u), valid),
    );
  }
  let p = offsets * params.units + u;
  let q = stateOffsets(rows, u);
  for (var r = 0u; r < 4u; r++) {
    if (tile * 4u + r >= params.batch) { break; }
    if (params.storeH == 1u) { h[p[r]] = stateOf(state, 0u)[r]; }
    if (s + 1u == params.until && params.storeLast == 1u) {
      for (var i = 0u; i < STATES; i++) { last[q[r] + i * params.stateStride] = stateOf(state, i)[r]; }
    }
  }
  if (params.storeCell == 1u) { storeState(tile, offsets, u, state); }
  return state;
}

fn finishedOrNone(tile: u32, offsets: vec4u, gate: u32, u: u32, z: Gates) -> vec4f {
  if (gate >= GATES) { return vec4f(); }
  return finishGate(tile, offsets, gate, u, gateOf(z, gate));
}

// Finishes all gates from their sums, then computes and stores the next state.
fn finishCell(tile: u32, rows: vec4u, s: u32, u: u32, z: Gates, before: State) -> State {
  let offsets = offsetsOf(rows, timeOf(s));
  let values = gatesOf(
    finishedOrNone(tile, offsets, 0u, u, z), finishedOrNone(tile, offsets, 1u, u, z),
    finishedOrNone(tile, offsets, 2u, u, z), finishedOrNone(tile, offsets, 3u, u, z),
  );
  return finishFromGates(tile, rows, s, u, values, before);
}
