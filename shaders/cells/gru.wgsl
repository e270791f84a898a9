// The gated recurrent unit (Cho et al. 2014) whose reset gate comes after the product, Keras's resetAfter. Gates in Keras's order
// z r c, in the form of lib/activation's `stored`; q is the candidate's part of h·R:
//   z, r = act(x·W + b₀ + h·R + b₁)    q = h·R_c + b₁    c = act(x·W_c + b₀ + r·q)    h' = z·h + (1 − z)·c
// The recurrence adds both rows of the bias [2, 3U], because b₁ of the candidate lies inside the product with r. Forward stores q
// [B, T, U] as `inner`; backward overwrites it with r, by which the candidate's gradient goes through R, and reads h [B, T, U]
// of every time step as `hidden`. The part z·d of the gradient of h is carried to the previous time step, beside R·dz.

import package::lib::activation::{stored, outputOf, slopeOf};
import package::lib::direction::directionRow;
import package::lib::recurrence::backward::{leftGradient, storeGradient};
import package::lib::recurrence::forward::{offsetsBefore, hiddenBefore};
import package::lib::recurrence::memory::{params, initialState, stateOffsets, gateOffsets, gateAt, storedGates, storeGate, storeGates};
import package::lib::recurrence::rows::{offsetsOf, timeOf};

// Codes of the activations.
override ACTIVATION: u32 = 3u;
override RECURRENT_ACTIVATION: u32 = 2u;
// 1 where there is a bias.
override HAS_BIAS: u32 = 0u;

const GATES = 3u;
const STATES = 1u;
const CANDIDATE = 2u;
struct Gates { z: vec4f, r: vec4f, c: vec4f }
struct State { h: vec4f }

fn gatesOf(v0: vec4f, v1: vec4f, v2: vec4f, v3: vec4f) -> Gates { return Gates(v0, v1, v2); }

fn gateOf(z: Gates, gate: u32) -> vec4f {
  switch gate {
    case 0u: { return z.z; }
    case 1u: { return z.r; }
    default: { return z.c; }
  }
}

fn statesOf(v0: vec4f, v1: vec4f) -> State { return State(v0); }

fn stateOf(state: State, index: u32) -> vec4f { return state.h; }

fn addGates(a: Gates, b: Gates) -> Gates { return Gates(a.z + b.z, a.r + b.r, a.c + b.c); }

fn addWeighted(z: Gates, weights: vec4f, state: Gates) -> Gates {
  return Gates(z.z + weights.x * state.z, z.r + weights.y * state.r, z.c + weights.z * state.c);
}

// Forward.

@group(0) @binding(8) var<storage, read_write> inner: array<f32>;
@group(0) @binding(10) var<storage, read> bias: array<f32>;

fn biasOf(row: u32, gate: u32, u: u32) -> f32 {
  if (HAS_BIAS == 0u) { return 0.0; }
  return bias[(directionRow(row) * GATES + gate) * params.units + u];
}

fn startOf(offsets: vec4u, gate: u32, u: u32) -> vec4f {
  if (gate == CANDIDATE) { return vec4f(biasOf(1u, gate, u)); }
  return gateAt(gateOffsets(offsets, gate, u)) + biasOf(0u, gate, u) + biasOf(1u, gate, u);
}

fn storeInner(tile: u32, offsets: vec4u, u: u32, values: vec4f) {
  let p = offsets * params.units + u;
  for (var r = 0u; r < 4u; r++) {
    if (tile * 4u + r < params.batch) { inner[p[r]] = values[r]; }
  }
}

fn finishGate(tile: u32, offsets: vec4u, gate: u32, u: u32, z: vec4f) -> vec4f {
  if (gate == CANDIDATE) {
    if (params.storeCell == 1u) { storeInner(tile, offsets, u, z); }
    return z;
  }
  let values = stored(RECURRENT_ACTIVATION, z);
  storeGate(tile, gateOffsets(offsets, gate, u), values);
  return values;
}

fn nextState(tile: u32, offsets: vec4u, u: u32, s: Gates, before: State) -> State {
  let p = gateOffsets(offsets, CANDIDATE, u);
  let candidate = stored(ACTIVATION, gateAt(p) + biasOf(0u, CANDIDATE, u) + outputOf(RECURRENT_ACTIVATION, s.r) * s.c);
  storeGate(tile, p, candidate);
  let z = outputOf(RECURRENT_ACTIVATION, s.z);
  return State(z * before.h + (1.0 - z) * outputOf(ACTIVATION, candidate));
}

fn stateBefore(rows: vec4u, s: u32, u: u32) -> State {
  if (s == 0u && params.hasState == 0u) { return State(); }
  return State(hiddenBefore(offsetsBefore(rows, s), s, u));
}

fn storeState(tile: u32, offsets: vec4u, u: u32, state: State) {}

// Backward.

@group(0) @binding(9) var<storage, read> hidden: array<f32>;

const CARRIES_HIDDEN = true;
struct Carried { h: vec4f }
struct CellGradient { z: Gates, carried: Carried }

fn carriedWhere(valid: vec4<bool>, a: Carried, b: Carried) -> Carried { return Carried(select(b.h, a.h, valid)); }

fn lastCarried(p: vec4u) -> Carried { return Carried(); }

fn leftCarried(p: vec4u) -> Carried { return Carried(leftGradient(p, 0u)); }

fn innerAt(p: vec4u) -> vec4f { return vec4f(inner[p.x], inner[p.y], inner[p.z], inner[p.w]); }

fn hiddenAt(rows: vec4u, s: u32, u: u32) -> vec4f {
  if (s > 0u) {
    let p = offsetsOf(rows, timeOf(s - 1u)) * params.units + u;
    return vec4f(hidden[p.x], hidden[p.y], hidden[p.z], hidden[p.w]);
  }
  if (params.hasState == 0u) { return vec4f(); }
  return initialState(stateOffsets(rows, u), 0u);
}

fn cellGradient(tile: u32, rows: vec4u, s: u32, u: u32, d: vec4f, carried: Carried) -> CellGradient {
  let offsets = offsetsOf(rows, timeOf(s));
  let values = storedGates(offsets, u);
  let q = innerAt(offsets * params.units + u);
  let z = outputOf(RECURRENT_ACTIVATION, values.z);
  let r = outputOf(RECURRENT_ACTIVATION, values.r);
  let whole = d + carried.h;
  let dc = whole * (1.0 - z) * slopeOf(ACTIVATION, values.c);
  let dz = Gates(
    whole * (hiddenAt(rows, s, u) - outputOf(ACTIVATION, values.c)) * slopeOf(RECURRENT_ACTIVATION, values.z),
    dc * q * slopeOf(RECURRENT_ACTIVATION, values.r),
    dc,
  );
  storeGates(tile, offsets, u, dz);
  storeInner(tile, offsets, u, r);
  return CellGradient(Gates(dz.z, dz.r, dc * r), Carried(whole * z));
}

fn gradientOffsets(offsets: vec4u) -> vec4u { return gateOffsets(offsets, 0u, 0u); }

fn gradientAt(p: vec4u, column: u32) -> vec4f {
  if (column < CANDIDATE * params.units) { return gateAt(p + column); }
  return gateAt(p + column) * innerAt(p / GATES + column - CANDIDATE * params.units);
}

fn storeGradients(tile: u32, p: vec4u, d: vec4f, carried: Carried, isInitial: bool) {
  storeGradient(tile, p, 0u, select(carried.h, d + carried.h, isInitial));
}
