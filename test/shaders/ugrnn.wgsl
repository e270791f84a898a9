// The update gate cell (UGRNN, Collins et al. 2017): one state, two gates, u = σ(z_u) and c = tanh(z_c), kept as they are.
//   h' = u·h + (1 − u)·c
// The way back reads h as `hidden`; the part u·d of its gradient goes to the step before beside R·dz.

import package::lib::recurrence::backward::{leftGradient, storeGradient};
import package::lib::recurrence::memory::{params, initialState, stateOffsets, gateOffsets, gateAt, storedGates, storeGate, storeGates};
import package::lib::recurrence::rows::{offsetsOf, timeOf};
import package::lib::recurrence::forward::{offsetsBefore, hiddenBefore};

const GATES = 2u;
const STATES = 1u;
struct Gates { u: vec4f, c: vec4f }
struct State { h: vec4f }

fn gatesOf(v0: vec4f, v1: vec4f, v2: vec4f, v3: vec4f) -> Gates { return Gates(v0, v1); }
fn gateOf(z: Gates, gate: u32) -> vec4f { return select(z.c, z.u, gate == 0u); }
fn statesOf(v0: vec4f, v1: vec4f) -> State { return State(v0); }
fn stateOf(state: State, index: u32) -> vec4f { return state.h; }
fn addGates(a: Gates, b: Gates) -> Gates { return Gates(a.u + b.u, a.c + b.c); }
fn addWeighted(z: Gates, weights: vec4f, state: Gates) -> Gates {
  return Gates(z.u + weights.x * state.u, z.c + weights.y * state.c);
}

fn startOf(offsets: vec4u, gate: u32, u: u32) -> vec4f { return gateAt(gateOffsets(offsets, gate, u)); }

fn finishGate(tile: u32, offsets: vec4u, gate: u32, u: u32, z: vec4f) -> vec4f {
  let kept = select(tanh(z), 1.0 / (1.0 + exp(-z)), gate == 0u);
  storeGate(tile, gateOffsets(offsets, gate, u), kept);
  return kept;
}

fn nextState(tile: u32, offsets: vec4u, u: u32, kept: Gates, before: State) -> State {
  return State(kept.u * before.h + (1.0 - kept.u) * kept.c);
}

fn stateBefore(rows: vec4u, s: u32, u: u32) -> State {
  if (s == 0u && params.hasState == 0u) { return State(); }
  return State(hiddenBefore(offsetsBefore(rows, s), s, u));
}

fn storeState(tile: u32, offsets: vec4u, u: u32, state: State) {}

@group(0) @binding(8) var<storage, read> hidden: array<f32>;

const CARRIES_HIDDEN = true;
struct Carried { h: vec4f }
struct CellGradient { z: Gates, carried: Carried }

fn carriedWhere(valid: vec4<bool>, a: Carried, b: Carried) -> Carried { return Carried(select(b.h, a.h, valid)); }

fn lastCarried(p: vec4u) -> Carried { return Carried(); }
fn leftCarried(p: vec4u) -> Carried { return Carried(leftGradient(p, 0u)); }

fn cellGradient(tile: u32, rows: vec4u, s: u32, u: u32, dOuter: vec4f, carried: Carried) -> CellGradient {
  let offsets = offsetsOf(rows, timeOf(s));
  let kept = storedGates(offsets, u);
  var before = vec4f();
  if (s > 0u) {
    let p = offsetsOf(rows, timeOf(s - 1u)) * params.units + u;
    before = vec4f(hidden[p.x], hidden[p.y], hidden[p.z], hidden[p.w]);
  } else if (params.hasState == 1u) {
    before = initialState(stateOffsets(rows, u), 0u);
  }
  let d = dOuter + carried.h;
  let dz = Gates(d * (before - kept.c) * kept.u * (1.0 - kept.u), d * (1.0 - kept.u) * (1.0 - kept.c * kept.c));
  storeGates(tile, offsets, u, dz);
  return CellGradient(dz, Carried(d * kept.u));
}

fn gradientOffsets(offsets: vec4u) -> vec4u { return gateOffsets(offsets, 0u, 0u); }
fn gradientAt(p: vec4u, column: u32) -> vec4f { return gateAt(p + column); }

fn storeGradients(tile: u32, p: vec4u, d: vec4f, carried: Carried, isInitial: bool) {
  storeGradient(tile, p, 0u, select(carried.h, d + carried.h, isInitial));
}
