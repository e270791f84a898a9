// The memory of every recurrence, forward and backward, and the interface between a strategy (shaders/recurrence) and a cell.
// A vec4f holds one unit of four batch rows, a vec4u the offsets of four batch rows in a tensor.
//
// Strategies import a cell (shaders/cells) as `package::cell`. Tensors that every cell has are declared here, in forward.wgsl
// and in backward.wgsl; a cell declares further tensors at bindings from 8 on. It also declares
//
//   const GATES: u32                    columns of z, of R and of `gates` for a unit, 1 to 4
//   const STATES: u32                   states, the first of which is the output h, 1 or 2
//   struct Gates, State, Carried        a vector for each gate, each state, each gradient carried back beside R·dz
//   fn gatesOf(v0: vec4f, v1: vec4f, v2: vec4f, v3: vec4f) -> Gates       a cell of fewer gates ignores the last ones
//   fn gateOf(z: Gates, gate: u32) -> vec4f
//   fn statesOf(v0: vec4f, v1: vec4f) -> State
//   fn stateOf(state: State, index: u32) -> vec4f
//   fn addGates(a: Gates, b: Gates) -> Gates
//   fn addWeighted(z: Gates, weights: vec4f, state: Gates) -> Gates       z + each gate's weight · the state as the gate sees it
//
// forward, where `offsets` are the offsets of a time step's rows (offsetsOf of rows.wgsl):
//
//   fn startOf(offsets: vec4u, gate: u32, u: u32) -> vec4f                 the start of the sum over h·R, z in most cells
//   fn finishGate(tile: u32, offsets: vec4u, gate: u32, u: u32, z: vec4f) -> vec4f
//                                                                         a gate from its sum, stored for the backward pass
//   fn nextState(tile: u32, offsets: vec4u, u: u32, values: Gates, before: State) -> State
//   fn stateBefore(rows: vec4u, s: u32, u: u32) -> State                  the state before time step s, as far as nextState reads it
//   fn storeState(tile: u32, offsets: vec4u, u: u32, state: State)          stores what the backward pass reads beside h and gates
//
// and backward, where dz are the gradients that go through R:
//
//   const CARRIES_HIDDEN: bool                                            whether a part of the gradient of h is among the carried
//   struct CellGradient { z: Gates, carried: Carried }
//   fn carriedWhere(valid: vec4<bool>, a: Carried, b: Carried) -> Carried      a where valid, else b
//   fn lastCarried(p: vec4u) -> Carried                                   the carried gradients from dLast; p: stateOffsets
//   fn leftCarried(p: vec4u) -> Carried                                   what storeGradients left in the previous launch
//   fn cellGradient(tile: u32, rows: vec4u, s: u32, u: u32, d: vec4f, carried: Carried) -> CellGradient
//                                                                         from d, the gradient of h; overwrites `gates` with dz
//   fn gradientOffsets(offsets: vec4u) -> vec4u
//   fn gradientAt(p: vec4u, column: u32) -> vec4f                         dz of column gate · units + u, from gradientOffsets
//   fn storeGradients(tile: u32, p: vec4u, d: vec4f, carried: Carried, isInitial: bool)
//                                                                         stores the carried gradients in `dInitial`, or, with
//                                                                         isInitial, those of the initial states; d is R·dz of
//                                                                         the time step processed after

import package::cell::{GATES, STATES, Gates, gatesOf, gateOf};
import package::lib::direction::{SPACE, offsetsAt, directionRows};

// 1 where `mask` says which time steps are valid.
override MASKED: u32 = 0u;

struct Params {
  // Samples, or all positions of all samples.
  batch: u32, time: u32, units: u32,
  // 1: the last time step comes first, in the first direction.
  reverse: u32,
  // The launch's time steps: from `start` up to `until`, backward in the opposite order. Backward, `start` equals `time` in a
  // launch that computes only the gradients of the initial states.
  start: u32, until: u32,
  // Whether initial states are bound; without them they are zeros.
  hasState: u32,
  // Floats from one state to the next in `initial`, `last` and `dInitial`.
  stateStride: u32,
  // Forward: which outputs are stored because something reads them; storeCell is for the cell's further tensors.
  storeH: u32, storeCell: u32, storeLast: u32,
  // Backward: whether dh is absent (0), of every time step (1) or of the last one (2); whether the last states other than h have
  // gradients; whether something reads the gradients of the initial states.
  dhKind: u32, hasDLast: u32, storeDInitial: u32,
  recurrentRate: f32,
  // The random draws' seed of each direction.
  seed: u32, otherSeed: u32,
}

// States lie one after another, each [B, directions · U].
@group(0) @binding(1) var<storage, read> initial: array<f32>;
// [B, T, GATES · U], two directions side by side: forward z = x·W + b is overwritten by the gates, backward the gates by dz.
@group(0) @binding(2) var<storage, read_write> gates: array<f32>;
// [samples, T], the same for both directions: 0 where a time step is not valid. It leaves every state as it was, and its gates have
// no gradient.
@group(0) @binding(13) var<storage, read> mask: array<f32>;
@group(0) @binding(14) var<uniform> params: Params;

// Whether time step t is valid in each of four rows; asked only where MASKED is 1.
fn validAt(rows: vec4u, t: u32) -> vec4<bool> {
  let p = rows / SPACE * params.time + t;
  return vec4<bool>(mask[p.x] != 0.0, mask[p.y] != 0.0, mask[p.z] != 0.0, mask[p.w] != 0.0);
}

// Offsets in a tensor of states, which has no time axis.
fn stateOffsets(rows: vec4u, u: u32) -> vec4u { return directionRows(rows) * params.units + u; }

fn initialState(p: vec4u, index: u32) -> vec4f {
  if (index >= STATES) { return vec4f(); }
  let q = p + index * params.stateStride;
  return vec4f(initial[q.x], initial[q.y], initial[q.z], initial[q.w]);
}

fn gateOffsets(offsets: vec4u, gate: u32, u: u32) -> vec4u { return (offsets * GATES + gate) * params.units + u; }

fn gateAt(p: vec4u) -> vec4f { return vec4f(gates[p.x], gates[p.y], gates[p.z], gates[p.w]); }

fn gateOrNone(p: vec4u, gate: u32) -> vec4f {
  if (gate >= GATES) { return vec4f(); }
  return gateAt(p + gate * params.units);
}

fn storedGates(offsets: vec4u, u: u32) -> Gates {
  let p = gateOffsets(offsets, 0u, u);
  return gatesOf(gateOrNone(p, 0u), gateOrNone(p, 1u), gateOrNone(p, 2u), gateOrNone(p, 3u));
}

fn storeGate(tile: u32, p: vec4u, gate: vec4f) {
  for (var r = 0u; r < 4u; r++) {
    if (tile * 4u + r < params.batch) { gates[p[r]] = gate[r]; }
  }
}

fn storeGates(tile: u32, offsets: vec4u, u: u32, values: Gates) {
  let p = gateOffsets(offsets, 0u, u);
  for (var gate = 0u; gate < GATES; gate++) { storeGate(tile, p + gate * params.units, gateOf(values, gate)); }
}
