// The gated recurrent unit whose reset gate comes before the product (Cho et al. 2014, Keras's resetAfter: false). Gates in
// Keras's order z r c, in the form of lib/activation's `stored`:
//   z, r = act(x·W + b + h·R)    c = act(x·W_c + b + (r·h)·R_c)    h' = z·h + (1 − z)·c
// A time step has two products, the second of which needs the first: strategies of its own, shaders/recurrence/gru_reset_before.
// Forward stores r·h [B, T, U], as the product sees it, as `inner`. Backward reads h [B, T, U] of every time step as `hidden`; what
// goes to the previous time step beside R·(dz, dr) is z·d + r·(R_c·dc).

import package::lib::activation::{stored, outputOf, slopeOf};
import package::lib::direction::{directionRow, directionRows};
import package::lib::recurrence::memory::{MASKED, params, initialState, stateOffsets, gateOffsets, gateAt, storeGate, validAt};
import package::lib::recurrence::rows::{offsetsOf, timeOf};

// Codes of the activations.
override ACTIVATION: u32 = 3u;
override RECURRENT_ACTIVATION: u32 = 2u;

const GATES = 3u;
const STATES = 1u;
const UPDATE = 0u;
const RESET = 1u;
const CANDIDATE = 2u;

fn gateSum(rows: vec4u, s: u32, gate: u32, u: u32) -> vec4f { return gateAt(gateOffsets(offsetsOf(rows, timeOf(s)), gate, u)); }

// Activates and stores the sum of z or r; returns the gate's value.
fn finishGate(tile: u32, rows: vec4u, s: u32, gate: u32, u: u32, sum: vec4f) -> vec4f {
  let value = stored(RECURRENT_ACTIVATION, sum);
  storeGate(tile, gateOffsets(offsetsOf(rows, timeOf(s)), gate, u), value);
  return outputOf(RECURRENT_ACTIVATION, value);
}

// Activates and stores the candidate's sum; returns the next state.
fn finishCandidate(tile: u32, rows: vec4u, s: u32, u: u32, sum: vec4f, update: vec4f, before: vec4f) -> vec4f {
  let value = stored(ACTIVATION, sum);
  storeGate(tile, gateOffsets(offsetsOf(rows, timeOf(s)), CANDIDATE, u), value);
  let next = update * before + (1.0 - update) * outputOf(ACTIVATION, value);
  if (MASKED == 0u) { return next; }
  return select(before, next, validAt(rows, timeOf(s)));
}

fn gateValue(rows: vec4u, s: u32, gate: u32, u: u32) -> vec4f {
  return outputOf(RECURRENT_ACTIVATION, gateSum(rows, s, gate, u));
}

// Backward.

@group(0) @binding(9) var<storage, read> hidden: array<f32>;

fn hiddenAt(rows: vec4u, s: u32, u: u32) -> vec4f {
  if (s > 0u) {
    let p = offsetsOf(rows, timeOf(s - 1u)) * params.units + u;
    return vec4f(hidden[p.x], hidden[p.y], hidden[p.z], hidden[p.w]);
  }
  if (params.hasState == 0u) { return vec4f(); }
  return initialState(stateOffsets(rows, u), 0u);
}

// The gradients of the sums of z and of the candidate, and z·d; a time step that is not valid hands d on whole.
struct First { z: vec4f, c: vec4f, carried: vec4f }

// From d, the whole gradient of h.
fn firstGradients(rows: vec4u, s: u32, u: u32, d: vec4f) -> First {
  let z = gateSum(rows, s, UPDATE, u);
  let c = gateSum(rows, s, CANDIDATE, u);
  let update = outputOf(RECURRENT_ACTIVATION, z);
  let first = First(
    d * (hiddenAt(rows, s, u) - outputOf(ACTIVATION, c)) * slopeOf(RECURRENT_ACTIVATION, z),
    d * (1.0 - update) * slopeOf(ACTIVATION, c),
    d * update,
  );
  if (MASKED == 0u) { return first; }
  let valid = validAt(rows, timeOf(s));
  return First(select(vec4f(), first.z, valid), select(vec4f(), first.c, valid), select(d, first.carried, valid));
}

// The gradient of r's sum, and r·dProduct, from the gradient of r·h.
struct Second { r: vec4f, carried: vec4f }

fn secondGradients(rows: vec4u, s: u32, u: u32, dProduct: vec4f) -> Second {
  let r = gateSum(rows, s, RESET, u);
  let second = Second(
    dProduct * hiddenAt(rows, s, u) * slopeOf(RECURRENT_ACTIVATION, r),
    dProduct * outputOf(RECURRENT_ACTIVATION, r),
  );
  if (MASKED == 0u) { return second; }
  let valid = validAt(rows, timeOf(s));
  return Second(select(vec4f(), second.r, valid), select(vec4f(), second.carried, valid));
}

fn storeAt(tile: u32, rows: vec4u, s: u32, gate: u32, u: u32, d: vec4f) {
  storeGate(tile, gateOffsets(offsetsOf(rows, timeOf(s)), gate, u), d);
}

fn gradientOffsets(offsets: vec4u) -> vec4u { return gateOffsets(offsets, 0u, 0u); }

fn gradientAt(p: vec4u, column: u32) -> vec4f { return gateAt(p + column); }
