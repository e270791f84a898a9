// Bindings and memory access of the forward LSTM kernels, package::memory of lib/recurrence.
//   gates [B, T, 4U] z = x·W + b before, the stored gates after; h, c [B, T, U]; h0, c0, hLast, cLast [B, U]; of two
//   directions side by side (lib/direction.wgsl)

import package::cell::{Gates, State, storedGate, storedGates, stepCell};
import package::lib::direction::{ownRow, ownRows};
import package::lib::recurrence::rows::{placeOf, timeOf};

struct Params {
  // Samples, or all positions of all samples.
  batch: u32, time: u32, units: u32,
  // 1: the last time step comes first, in the first direction.
  reverse: u32,
  hasState: u32,
  // Which of the outputs somebody reads.
  keepH: u32, keepC: u32, keepHLast: u32, keepCLast: u32,
  // The launch's steps: from `step` up to `until`.
  step: u32, until: u32,
  recurrentRate: f32,
  // Of each direction.
  seed: u32, otherSeed: u32,
}

@group(0) @binding(0) var<storage, read> recurrentKernel: array<f32>;
@group(0) @binding(1) var<storage, read> h0: array<f32>;
@group(0) @binding(2) var<storage, read> c0: array<f32>;
@group(0) @binding(3) var<storage, read_write> gates: array<f32>;
@group(0) @binding(4) var<storage, read_write> h: array<f32>;
@group(0) @binding(5) var<storage, read_write> c: array<f32>;
@group(0) @binding(6) var<storage, read_write> hLast: array<f32>;
@group(0) @binding(7) var<storage, read_write> cLast: array<f32>;
@group(0) @binding(8) var<uniform> params: Params;

// The state before the launch's first step: that which the launch before left, or the initial one.
fn firstState(rows: vec4u, u: u32) -> State {
  let p = ownRows(rows) * params.units + u;
  if (params.step > 0u) {
    return State(
      vec4f(hLast[p.x], hLast[p.y], hLast[p.z], hLast[p.w]), vec4f(cLast[p.x], cLast[p.y], cLast[p.z], cLast[p.w]),
    );
  }
  if (params.hasState == 0u) { return State(); }
  return State(vec4f(h0[p.x], h0[p.y], h0[p.z], h0[p.w]), vec4f(c0[p.x], c0[p.y], c0[p.z], c0[p.w]));
}

// Where the states before step s lie, in units: in the sequences, or in the initial ones.
fn placesBefore(rows: vec4u, s: u32) -> vec4u {
  return select(ownRows(rows), placeOf(rows, timeOf(max(s, 1u) - 1u)), s > 0u) * params.units;
}

// h of unit k.
fn hiddenBefore(places: vec4u, s: u32, k: u32) -> vec4f {
  let p = places + k;
  if (s > 0u) { return vec4f(h[p.x], h[p.y], h[p.z], h[p.w]); }
  return vec4f(h0[p.x], h0[p.y], h0[p.z], h0[p.w]);
}

// What unit u's own step needs: c.
fn stateBefore(places: vec4u, s: u32, u: u32) -> State {
  let p = places + u;
  if (s > 0u) { return State(vec4f(), vec4f(c[p.x], c[p.y], c[p.z], c[p.w])); }
  if (params.hasState == 0u) { return State(); }
  return State(vec4f(), vec4f(c0[p.x], c0[p.y], c0[p.z], c0[p.w]));
}

fn gateAt(q: vec4u) -> vec4f { return vec4f(gates[q.x], gates[q.y], gates[q.z], gates[q.w]); }

// What a column's sum begins with.
fn startOf(rows: vec4u, t: u32, column: u32) -> vec4f { return gateAt(placeOf(rows, t) * 4u * params.units + column); }

fn startGates(rows: vec4u, t: u32, u: u32) -> Gates {
  let units = params.units;
  let p = placeOf(rows, t) * 4u * units + u;
  return Gates(gateAt(p), gateAt(p + units), gateAt(p + 2u * units), gateAt(p + 3u * units));
}

// z + h·R, the part of unit k, of which the gates see `before`.
fn addProduct(z: Gates, before: Gates, k: u32, u: u32) -> Gates {
  let units = params.units;
  let p = ownRow(k) * 4u * units + u;
  return Gates(
    z.i + recurrentKernel[p] * before.i,
    z.f + recurrentKernel[p + units] * before.f,
    z.g + recurrentKernel[p + 2u * units] * before.g,
    z.o + recurrentKernel[p + 3u * units] * before.o,
  );
}

// Activates one gate of a unit and stores it.
fn keepGate(tile: u32, rows: vec4u, s: u32, gate: u32, u: u32, z: vec4f) -> vec4f {
  let kept = storedGate(gate, z);
  storeGate(tile, placeOf(rows, timeOf(s)) * 4u * params.units + gate * params.units + u, kept);
  return kept;
}

// Steps the cell from kept gates and stores what is to be kept of the state.
fn finishKept(tile: u32, rows: vec4u, s: u32, u: u32, kept: Gates, before: State) -> State {
  let state = stepCell(kept, before);
  storeState(tile, rows, s, u, state);
  return state;
}

// Both at once, from the sums of all gates.
fn finishStep(tile: u32, rows: vec4u, s: u32, u: u32, z: Gates, before: State) -> State {
  let units = params.units;
  let kept = storedGates(z);
  let p = placeOf(rows, timeOf(s)) * 4u * units + u;
  storeGate(tile, p, kept.i);
  storeGate(tile, p + units, kept.f);
  storeGate(tile, p + 2u * units, kept.g);
  storeGate(tile, p + 3u * units, kept.o);
  return finishKept(tile, rows, s, u, kept, before);
}

fn storeGate(tile: u32, p: vec4u, gate: vec4f) {
  for (var r = 0u; r < 4u; r++) {
    if (tile * 4u + r < params.batch) { gates[p[r]] = gate[r]; }
  }
}

fn storeState(tile: u32, rows: vec4u, s: u32, u: u32, state: State) {
  let places = placeOf(rows, timeOf(s)) * params.units + u;
  let last = ownRows(rows) * params.units + u;
  for (var r = 0u; r < 4u; r++) {
    if (tile * 4u + r >= params.batch) { break; }
    if (params.keepH == 1u) { h[places[r]] = state.h[r]; }
    if (params.keepC == 1u) { c[places[r]] = state.c[r]; }
    if (s + 1u == params.until) {
      if (params.keepHLast == 1u) { hLast[last[r]] = state.h[r]; }
      if (params.keepCLast == 1u) { cLast[last[r]] = state.c[r]; }
    }
  }
}
