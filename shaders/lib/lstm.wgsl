// The LSTM cell as the ways to run a recurrence (lib/recurrence) know a cell, package::cell. Gates in Keras's order i f c o,
// activated where they are stored (lib/activation's `stored`).
//   c' = f·c + i·g     h = o·act(c')
// A vec4f holds four batch rows of one unit.

import package::lib::activation::{activate, stored, outputOf, slopeOf};

// Codes of the activations.
override ACTIVATION: u32 = 3u;
override RECURRENT_ACTIVATION: u32 = 2u;

const GATES = 4u;
struct Gates { i: vec4f, f: vec4f, g: vec4f, o: vec4f }
struct State { h: vec4f, c: vec4f }

// A cell of fewer gates leaves the last of four values aside.
fn gatesOf(v0: vec4f, v1: vec4f, v2: vec4f, v3: vec4f) -> Gates { return Gates(v0, v1, v2, v3); }

fn gateOf(z: Gates, gate: u32) -> vec4f {
  switch gate {
    case 0u: { return z.i; }
    case 1u: { return z.f; }
    case 2u: { return z.g; }
    default: { return z.o; }
  }
}

fn addGates(a: Gates, b: Gates) -> Gates { return Gates(a.i + b.i, a.f + b.f, a.g + b.g, a.o + b.o); }

// z + h·R, the part of one unit's state; each gate's weight.
fn addWeighted(z: Gates, weights: vec4f, state: vec4f) -> Gates {
  return Gates(
    z.i + weights.x * state, z.f + weights.y * state, z.g + weights.z * state, z.o + weights.w * state,
  );
}

fn storedGate(gate: u32, z: vec4f) -> vec4f {
  if (gate == 2u) { return stored(ACTIVATION, z); }
  return stored(RECURRENT_ACTIVATION, z);
}

fn storedGates(z: Gates) -> Gates {
  return Gates(
    stored(RECURRENT_ACTIVATION, z.i), stored(RECURRENT_ACTIVATION, z.f),
    stored(ACTIVATION, z.g), stored(RECURRENT_ACTIVATION, z.o),
  );
}

// One step from the stored gates.
fn stepCell(s: Gates, before: State) -> State {
  let next = outputOf(RECURRENT_ACTIVATION, s.f) * before.c + outputOf(RECURRENT_ACTIVATION, s.i) * outputOf(ACTIVATION, s.g);
  return State(outputOf(RECURRENT_ACTIVATION, s.o) * activate(ACTIVATION, next), next);
}

// Of the gates before activation, and of the cell state before the step.
struct CellGradient { z: Gates, carried: vec4f }

// From the gradients of the output and of the cell state after the step.
fn stepCellBack(s: Gates, before: vec4f, after: vec4f, dOutput: vec4f, dc: vec4f) -> CellGradient {
  let i = outputOf(RECURRENT_ACTIVATION, s.i);
  let f = outputOf(RECURRENT_ACTIVATION, s.f);
  let g = outputOf(ACTIVATION, s.g);
  let o = outputOf(RECURRENT_ACTIVATION, s.o);
  let a = stored(ACTIVATION, after);
  let d = dc + dOutput * o * slopeOf(ACTIVATION, a);
  return CellGradient(
    Gates(
      d * g * slopeOf(RECURRENT_ACTIVATION, s.i),
      d * before * slopeOf(RECURRENT_ACTIVATION, s.f),
      d * i * slopeOf(ACTIVATION, s.g),
      dOutput * outputOf(ACTIVATION, a) * slopeOf(RECURRENT_ACTIVATION, s.o),
    ),
    d * f,
  );
}
