// The LSTM cell (Hochreiter & Schmidhuber 1997). Gates in Keras's order i f c o, in the form of lib/activation's `stored`:
//   c' = f·c + i·g     h' = o·act(c')
// The backward pass reads c [B, T, U] of every time step as `cells`.

import package::lib::activation::{activate, stored, outputOf, slopeOf};
import package::lib::direction::directionRows;
import package::lib::recurrence::backward::{dLast, leftGradient, storeGradient};
import package::lib::recurrence::memory::{params, initialState, stateOffsets, gateOffsets, gateAt, storedGates, storeGate, storeGates};
import package::lib::recurrence::rows::{offsetsOf, timeOf};

// Codes of the activations.
override ACTIVATION: u32 = 3u;
override RECURRENT_ACTIVATION: u32 = 2u;

const GATES = 4u;
const STATES = 2u;
struct Gates { i: vec4f, f: vec4f, g: vec4f, o: vec4f }
struct State { h: vec4f, c: vec4f }

fn gatesOf(v0: vec4f, v1: vec4f, v2: vec4f, v3: vec4f) -> Gates { return Gates(v0, v1, v2, v3); }

fn gateOf(z: Gates, gate: u32) -> vec4f {
  switch gate {
    case 0u: { return z.i; }
    case 1u: { return z.f; }
    case 2u: { return z.g; }
    default: { return z.o; }
  }
}

fn statesOf(v0: vec4f, v1: vec4f) -> State { return State(v0, v1); }

fn stateOf(state: State, index: u32) -> vec4f { return select(state.c, state.h, index == 0u); }

fn addGates(a: Gates, b: Gates) -> Gates { return Gates(a.i + b.i, a.f + b.f, a.g + b.g, a.o + b.o); }

fn addWeighted(z: Gates, weights: vec4f, state: Gates) -> Gates {
  return Gates(
    z.i + weights.x * state.i, z.f + weights.y * state.f, z.g + weights.z * state.g, z.o + weights.w * state.o,
  );
}

// Forward.

@group(0) @binding(8) var<storage, read_write> c: array<f32>;

fn startOf(offsets: vec4u, gate: u32, u: u32) -> vec4f { return gateAt(gateOffsets(offsets, gate, u)); }

fn finishGate(tile: u32, offsets: vec4u, gate: u32, u: u32, z: vec4f) -> vec4f {
  var values: vec4f;
  if (gate == 2u) { values = stored(ACTIVATION, z); } else { values = stored(RECURRENT_ACTIVATION, z); }
  storeGate(tile, gateOffsets(offsets, gate, u), values);
  return values;
}

fn nextState(tile: u32, offsets: vec4u, u: u32, s: Gates, before: State) -> State {
  let next = outputOf(RECURRENT_ACTIVATION, s.f) * before.c + outputOf(RECURRENT_ACTIVATION, s.i) * outputOf(ACTIVATION, s.g);
  return State(outputOf(RECURRENT_ACTIVATION, s.o) * activate(ACTIVATION, next), next);
}

fn stateBefore(rows: vec4u, s: u32, u: u32) -> State {
  if (s > 0u) {
    let p = offsetsOf(rows, timeOf(s - 1u)) * params.units + u;
    return State(vec4f(), vec4f(c[p.x], c[p.y], c[p.z], c[p.w]));
  }
  if (params.hasState == 0u) { return State(); }
  return State(vec4f(), initialState(stateOffsets(rows, u), 1u));
}

fn storeState(tile: u32, offsets: vec4u, u: u32, state: State) {
  let p = offsets * params.units + u;
  for (var r = 0u; r < 4u; r++) {
    if (tile * 4u + r < params.batch) { c[p[r]] = state.c[r]; }
  }
}

// Backward. The gradient of c is carried to the previous time step, beside R·dz.

@group(0) @binding(9) var<storage, read> cells: array<f32>;

const CARRIES_HIDDEN = false;
struct Carried { c: vec4f }
struct CellGradient { z: Gates, carried: Carried }

fn carriedWhere(valid: vec4<bool>, a: Carried, b: Carried) -> Carried { return Carried(select(b.c, a.c, valid)); }

fn lastCarried(p: vec4u) -> Carried {
  if (params.hasDLast == 0u) { return Carried(); }
  return Carried(vec4f(dLast[p.x], dLast[p.y], dLast[p.z], dLast[p.w]));
}

fn leftCarried(p: vec4u) -> Carried { return Carried(leftGradient(p, 1u)); }

fn cellsAt(p: vec4u) -> vec4f { return vec4f(cells[p.x], cells[p.y], cells[p.z], cells[p.w]); }

fn cellsBefore(rows: vec4u, s: u32, u: u32) -> vec4f {
  if (s > 0u) { return cellsAt(offsetsOf(rows, timeOf(s - 1u)) * params.units + u); }
  if (params.hasState == 0u) { return vec4f(); }
  return initialState(stateOffsets(rows, u), 1u);
}

fn cellGradient(tile: u32, rows: vec4u, s: u32, u: u32, d: vec4f, carried: Carried) -> CellGradient {
  let offsets = offsetsOf(rows, timeOf(s));
  let values = storedGates(offsets, u);
  let i = outputOf(RECURRENT_ACTIVATION, values.i);
  let f = outputOf(RECURRENT_ACTIVATION, values.f);
  let g = outputOf(ACTIVATION, values.g);
  let o = outputOf(RECURRENT_ACTIVATION, values.o);
  let a = stored(ACTIVATION, cellsAt(offsets * params.units + u));
  let dc = carried.c + d * o * slopeOf(ACTIVATION, a);
  let dz = Gates(
    dc * g * slopeOf(RECURRENT_ACTIVATION, values.i),
    dc * cellsBefore(rows, s, u) * slopeOf(RECURRENT_ACTIVATION, values.f),
    dc * i * slopeOf(ACTIVATION, values.g),
    d * outputOf(ACTIVATION, a) * slopeOf(RECURRENT_ACTIVATION, values.o),
  );
  storeGates(tile, offsets, u, dz);
  return CellGradient(dz, Carried(dc * f));
}

fn gradientOffsets(offsets: vec4u) -> vec4u { return gateOffsets(offsets, 0u, 0u); }

fn gradientAt(p: vec4u, column: u32) -> vec4f { return gateAt(p + column); }

fn storeGradients(tile: u32, p: vec4u, d: vec4f, carried: Carried, isInitial: bool) {
  if (isInitial) { storeGradient(tile, p, 0u, d); }
  storeGradient(tile, p, 1u, carried.c);
}
