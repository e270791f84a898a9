// The simple recurrent cell (Elman 1990, Keras's form): one gate, which is the state, in the form of lib/activation's `stored`.
//   h' = act(z)
// The gradient of h goes to the time step before through R alone; what is carried beside R·dz stays 0 where no time step is masked.

import package::lib::activation::{stored, outputOf, slopeOf};
import package::lib::recurrence::backward::{leftGradient, storeGradient};
import package::lib::recurrence::memory::{gateOffsets, gateAt, storeGate};
import package::lib::recurrence::rows::{offsetsOf, timeOf};

// Code of the activation.
override ACTIVATION: u32 = 3u;

const GATES = 1u;
const STATES = 1u;
struct Gates { h: vec4f }
struct State { h: vec4f }

fn gatesOf(v0: vec4f, v1: vec4f, v2: vec4f, v3: vec4f) -> Gates { return Gates(v0); }

fn gateOf(z: Gates, gate: u32) -> vec4f { return z.h; }

fn statesOf(v0: vec4f, v1: vec4f) -> State { return State(v0); }

fn stateOf(state: State, index: u32) -> vec4f { return state.h; }

fn addGates(a: Gates, b: Gates) -> Gates { return Gates(a.h + b.h); }

fn addWeighted(z: Gates, weights: vec4f, state: Gates) -> Gates { return Gates(z.h + weights.x * state.h); }

// Forward.

fn startOf(offsets: vec4u, gate: u32, u: u32) -> vec4f { return gateAt(gateOffsets(offsets, gate, u)); }

fn finishGate(tile: u32, offsets: vec4u, gate: u32, u: u32, z: vec4f) -> vec4f {
  let value = stored(ACTIVATION, z);
  storeGate(tile, gateOffsets(offsets, gate, u), value);
  return value;
}

fn nextState(tile: u32, offsets: vec4u, u: u32, s: Gates, before: State) -> State { return State(outputOf(ACTIVATION, s.h)); }

fn stateBefore(rows: vec4u, s: u32, u: u32) -> State { return State(); }

fn storeState(tile: u32, offsets: vec4u, u: u32, state: State) {}

// Backward.

const CARRIES_HIDDEN = true;
struct Carried { h: vec4f }
struct CellGradient { z: Gates, carried: Carried }

fn carriedWhere(valid: vec4<bool>, a: Carried, b: Carried) -> Carried { return Carried(select(b.h, a.h, valid)); }

fn lastCarried(p: vec4u) -> Carried { return Carried(); }

fn leftCarried(p: vec4u) -> Carried { return Carried(leftGradient(p, 0u)); }

fn cellGradient(tile: u32, rows: vec4u, s: u32, u: u32, d: vec4f, carried: Carried) -> CellGradient {
  let p = gateOffsets(offsetsOf(rows, timeOf(s)), 0u, u);
  let dz = (d + carried.h) * slopeOf(ACTIVATION, gateAt(p));
  storeGate(tile, p, dz);
  return CellGradient(Gates(dz), Carried());
}

fn gradientOffsets(offsets: vec4u) -> vec4u { return gateOffsets(offsets, 0u, 0u); }

fn gradientAt(p: vec4u, column: u32) -> vec4f { return gateAt(p + column); }

fn storeGradients(tile: u32, p: vec4u, d: vec4f, carried: Carried, isInitial: bool) {
  storeGradient(tile, p, 0u, select(carried.h, d + carried.h, isInitial));
}
