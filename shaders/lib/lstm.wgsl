// What the LSTM kernels share. Gates lie in Keras's order i f c o, [B, T, 4U], activated (lib/activation's `stored`).
//   c' = f·c + i·g     h = o·act(c')
// A vec4f holds four batch rows of one unit.

import package::lib::activation::{activate, stored, outputOf, slopeOf};
import package::lib::direction::ownRows;

// Codes of the activations.
override ACTIVATION: u32 = 3u;
override RECURRENT_ACTIVATION: u32 = 2u;
// Positions of a state: 1, or the height times the width of a convolutional one. A row is a position of a sample.
override SPACE: u32 = 1u;

// Where a row's states of time step t lie in [B, T, positions, directions, units], in units.
fn placeOf(rows: vec4u, time: u32, t: u32) -> vec4u {
  return ownRows((rows / SPACE * time + t) * SPACE + rows % SPACE);
}

struct Gates { i: vec4f, f: vec4f, g: vec4f, o: vec4f }

fn storedGates(z: Gates) -> Gates {
  return Gates(
    stored(RECURRENT_ACTIVATION, z.i), stored(RECURRENT_ACTIVATION, z.f),
    stored(ACTIVATION, z.g), stored(RECURRENT_ACTIVATION, z.o),
  );
}

struct CellState { h: vec4f, c: vec4f }

// One step of the cell from its stored gates.
fn lstmCell(s: Gates, cell: vec4f) -> CellState {
  let next = outputOf(RECURRENT_ACTIVATION, s.f) * cell + outputOf(RECURRENT_ACTIVATION, s.i) * outputOf(ACTIVATION, s.g);
  return CellState(outputOf(RECURRENT_ACTIVATION, s.o) * activate(ACTIVATION, next), next);
}

struct CellGradient { z: Gates, c: vec4f }

// The gradients of the gates before activation and of the cell state before the step, from those after it.
fn lstmCellGradient(
  s: Gates, before: vec4f, after: vec4f, dOutput: vec4f, dc: vec4f,
) -> CellGradient {
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
