// gates [B, T, U] z before, h after; h [B, T, U]; h0, hLast [B, U]

import package::cell::{Gates, State};
import package::lib::direction::{ownRow, ownRows};
import package::lib::recurrence::rows::{placeOf, timeOf};

struct Params {
  batch: u32, time: u32, units: u32, reverse: u32, hasState: u32, keepH: u32, keepHLast: u32,
  step: u32, until: u32, recurrentRate: f32, seed: u32, otherSeed: u32,
}

@group(0) @binding(0) var<storage, read> recurrentKernel: array<f32>;
@group(0) @binding(1) var<storage, read> h0: array<f32>;
@group(0) @binding(2) var<storage, read_write> gates: array<f32>;
@group(0) @binding(3) var<storage, read_write> h: array<f32>;
@group(0) @binding(4) var<storage, read_write> hLast: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

fn firstState(rows: vec4u, u: u32) -> State {
  let p = ownRows(rows) * params.units + u;
  if (params.step > 0u) { return State(vec4f(hLast[p.x], hLast[p.y], hLast[p.z], hLast[p.w])); }
  if (params.hasState == 0u) { return State(); }
  return State(vec4f(h0[p.x], h0[p.y], h0[p.z], h0[p.w]));
}

fn placesBefore(rows: vec4u, s: u32) -> vec4u {
  return select(ownRows(rows), placeOf(rows, timeOf(max(s, 1u) - 1u)), s > 0u) * params.units;
}

fn hiddenBefore(places: vec4u, s: u32, k: u32) -> vec4f {
  let p = places + k;
  if (s > 0u) { return vec4f(h[p.x], h[p.y], h[p.z], h[p.w]); }
  return vec4f(h0[p.x], h0[p.y], h0[p.z], h0[p.w]);
}

fn stateBefore(places: vec4u, s: u32, u: u32) -> State { return State(); }

fn startOf(rows: vec4u, t: u32, column: u32) -> vec4f {
  let p = placeOf(rows, t) * params.units + column;
  return vec4f(gates[p.x], gates[p.y], gates[p.z], gates[p.w]);
}
fn startGates(rows: vec4u, t: u32, u: u32) -> Gates { return Gates(startOf(rows, t, u)); }

fn addProduct(z: Gates, before: Gates, k: u32, u: u32) -> Gates {
  return Gates(z.z + recurrentKernel[ownRow(k) * params.units + u] * before.z);
}

fn keepGate(tile: u32, rows: vec4u, s: u32, gate: u32, u: u32, z: vec4f) -> vec4f { return tanh(z); }

fn finishKept(tile: u32, rows: vec4u, s: u32, u: u32, kept: Gates, before: State) -> State {
  let places = placeOf(rows, timeOf(s)) * params.units + u;
  let last = ownRows(rows) * params.units + u;
  for (var r = 0u; r < 4u; r++) {
    if (tile * 4u + r >= params.batch) { break; }
    gates[places[r]] = kept.z[r];
    if (params.keepH == 1u) { h[places[r]] = kept.z[r]; }
    if (params.keepHLast == 1u && s + 1u == params.until) { hLast[last[r]] = kept.z[r]; }
  }
  return State(kept.z);
}

fn finishStep(tile: u32, rows: vec4u, s: u32, u: u32, z: Gates, before: State) -> State {
  return finishKept(tile, rows, s, u, Gates(tanh(z.z)), before);
}
