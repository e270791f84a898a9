// What every recurrence has in memory, forward and back, and how the ways to run one (shaders/recurrence) know a cell. A
// vec4f holds four batch rows of one unit, and a vec4u where something of these rows lies.
//
// A cell (shaders/cells) is `package::cell` to the code that it is linked with. Tensors that every cell has are declared here
// and in forward.wgsl and backward.wgsl; those that it alone has, the cell declares, at bindings from 8 on. It says
//
//   const GATES: u32                    columns of z, of R and of `gates` for a unit, 1 to 4
//   const STATES: u32                   states, the first of which is the output h, 1 or 2
//   struct Gates, State, Carried        a vector for each gate, each state, and what goes back to the step before beside R·dz
//   fn gatesOf(v0: vec4f, v1: vec4f, v2: vec4f, v3: vec4f) -> Gates       a cell of fewer leaves the last aside
//   fn gateOf(z: Gates, gate: u32) -> vec4f
//   fn statesOf(v0: vec4f, v1: vec4f) -> State
//   fn stateOf(state: State, index: u32) -> vec4f
//   fn addGates(a: Gates, b: Gates) -> Gates
//   fn addWeighted(z: Gates, weights: vec4f, state: Gates) -> Gates       z + each gate's weight · what it sees of a state
//
// forward, where `places` are the rows' of a time step (rows.wgsl's placeOf):
//
//   fn startOf(places: vec4u, gate: u32, u: u32) -> vec4f                 what the sum over h·R begins with: z
//   fn keepGate(tile: u32, places: vec4u, gate: u32, u: u32, z: vec4f) -> vec4f
//                                                                         what is known of a gate by its own sum; stores it
//   fn stepCell(tile: u32, places: vec4u, u: u32, kept: Gates, before: State) -> State
//   fn stateBefore(rows: vec4u, s: u32, u: u32) -> State                  what stepCell reads of the state before step s
//   fn keepState(tile: u32, places: vec4u, u: u32, state: State)          stores what the way back needs beside h
//
// and backward, where dz are the gradients that go through R:
//
//   struct CellGradient { z: Gates, carried: Carried }
//   fn lastCarried(p: vec4u) -> Carried                                   what the last states' gradients carry; p: statePlaces
//   fn leftCarried(p: vec4u) -> Carried                                   what storeGradients of the launch before left
//   fn backwardStep(tile: u32, rows: vec4u, s: u32, u: u32, d: vec4f, carried: Carried) -> CellGradient
//                                                                         from d, the gradient of h; stores what becomes of `gates`
//   fn gradientPlaces(places: vec4u) -> vec4u
//   fn gradientAt(p: vec4u, column: u32) -> vec4f                         dz of a column, gate · units + u, from these places on
//   fn storeGradients(tile: u32, p: vec4u, d: vec4f, carried: Carried, isInitial: bool)
//                                                                         leaves what is carried in `dInitial`, or the gradients
//                                                                         of the initial states; d is R·dz of the step after

import package::cell::{GATES, STATES, Gates, gatesOf, gateOf};
import package::lib::direction::{placeAt, ownRows};

struct Params {
  // Samples, or all positions of all samples.
  batch: u32, time: u32, units: u32,
  // 1: the last time step comes first, in the first direction.
  reverse: u32,
  // The launch's steps: from `step` up to `until`; backward from before `until` down to `step`, which is `time` in a launch
  // that only leaves the gradients of the initial states.
  step: u32, until: u32,
  // Whether there are initial states; else they are zeros.
  hasState: u32,
  // Floats from one state to the next in `initial`, `last` and `dInitial`.
  stateStride: u32,
  // Forward: which of the outputs somebody reads, `own` those of the cell.
  keepH: u32, keepOwn: u32, keepLast: u32,
  // Backward: whether dh is none (0), every step's (1) or the last step's (2); whether the last states but h have gradients;
  // whether somebody reads those of the initial states.
  dhKind: u32, hasDLast: u32, keepDInitial: u32,
  recurrentRate: f32,
  // Of each direction.
  seed: u32, otherSeed: u32,
}

// States lie one after another, each [B, directions · U].
@group(0) @binding(1) var<storage, read> initial: array<f32>;
// [B, T, GATES · U], of two directions side by side: z = x·W + b before, what the cell keeps of it after; backward dz after.
@group(0) @binding(2) var<storage, read_write> gates: array<f32>;
@group(0) @binding(14) var<uniform> params: Params;

// Of states, without time.
fn statePlaces(rows: vec4u, u: u32) -> vec4u { return ownRows(rows) * params.units + u; }

fn initialState(p: vec4u, index: u32) -> vec4f {
  if (index >= STATES) { return vec4f(); }
  let q = p + index * params.stateStride;
  return vec4f(initial[q.x], initial[q.y], initial[q.z], initial[q.w]);
}

fn gatePlaces(places: vec4u, gate: u32, u: u32) -> vec4u { return (places * GATES + gate) * params.units + u; }

fn gateAt(p: vec4u) -> vec4f { return vec4f(gates[p.x], gates[p.y], gates[p.z], gates[p.w]); }

fn gateOrNone(p: vec4u, gate: u32) -> vec4f {
  if (gate >= GATES) { return vec4f(); }
  return gateAt(p + gate * params.units);
}

fn keptGates(places: vec4u, u: u32) -> Gates {
  let p = gatePlaces(places, 0u, u);
  return gatesOf(gateOrNone(p, 0u), gateOrNone(p, 1u), gateOrNone(p, 2u), gateOrNone(p, 3u));
}

fn storeGate(tile: u32, p: vec4u, gate: vec4f) {
  for (var r = 0u; r < 4u; r++) {
    if (tile * 4u + r < params.batch) { gates[p[r]] = gate[r]; }
  }
}

fn storeGates(tile: u32, places: vec4u, u: u32, values: Gates) {
  let p = gatePlaces(places, 0u, u);
  for (var gate = 0u; gate < GATES; gate++) { storeGate(tile, p + gate * params.units, gateOf(values, gate)); }
}
