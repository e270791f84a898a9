// What the LSTM kernels share. Gates lie in Keras's order i f c o, [B, T, 4U], activated (lib/activation's `stored`).
//   c' = f·c + i·g     h = o·act(c')
// A vec4f holds four batch rows of one unit.

import package::lib::activation::{activate, stored, outputOf, slopeOf};

fn activate4(code: u32, x: vec4f) -> vec4f {
  return vec4f(activate(code, x.x), activate(code, x.y), activate(code, x.z), activate(code, x.w));
}
fn stored4(code: u32, x: vec4f) -> vec4f {
  return vec4f(stored(code, x.x), stored(code, x.y), stored(code, x.z), stored(code, x.w));
}
fn value4(code: u32, s: vec4f) -> vec4f {
  return vec4f(outputOf(code, s.x), outputOf(code, s.y), outputOf(code, s.z), outputOf(code, s.w));
}
fn slope4(code: u32, s: vec4f) -> vec4f {
  return vec4f(slopeOf(code, s.x), slopeOf(code, s.y), slopeOf(code, s.z), slopeOf(code, s.w));
}

struct Gates { i: vec4f, f: vec4f, g: vec4f, o: vec4f }

fn storedGates(z: Gates, activation: u32, recurrentActivation: u32) -> Gates {
  return Gates(
    stored4(recurrentActivation, z.i), stored4(recurrentActivation, z.f),
    stored4(activation, z.g), stored4(recurrentActivation, z.o),
  );
}

struct CellState { h: vec4f, c: vec4f }

// One step of the cell from its stored gates.
fn lstmCell(s: Gates, c: vec4f, activation: u32, recurrentActivation: u32) -> CellState {
  let next = value4(recurrentActivation, s.f) * c + value4(recurrentActivation, s.i) * value4(activation, s.g);
  return CellState(value4(recurrentActivation, s.o) * activate4(activation, next), next);
}

struct CellGradient { z: Gates, c: vec4f }

// The gradients of the gates before activation and of the cell state before the step, from those after it.
fn lstmCellGradient(
  s: Gates, before: vec4f, after: vec4f, dOutput: vec4f, dc: vec4f, activation: u32, recurrentActivation: u32,
) -> CellGradient {
  let i = value4(recurrentActivation, s.i);
  let f = value4(recurrentActivation, s.f);
  let g = value4(activation, s.g);
  let o = value4(recurrentActivation, s.o);
  let a = stored4(activation, after);
  let d = dc + dOutput * o * slope4(activation, a);
  return CellGradient(
    Gates(
      d * g * slope4(recurrentActivation, s.i),
      d * before * slope4(recurrentActivation, s.f),
      d * i * slope4(activation, s.g),
      dOutput * value4(activation, a) * slope4(recurrentActivation, s.o),
    ),
    d * f,
  );
}
