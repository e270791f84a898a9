// gates [B, T, U] h before, dz after; dh [B, T, U]; dh0 [B, U]. Rows of R need not be whole vectors.

import package::cell::{Gates, CellGradient};
import package::lib::direction::{ownRow, ownRows};
import package::lib::recurrence::rows::{placeOf, timeOf};

struct Params {
  batch: u32, time: u32, units: u32, reverse: u32, keepDh0: u32,
  step: u32, until: u32, recurrentRate: f32, seed: u32, otherSeed: u32,
}

@group(0) @binding(0) var<storage, read> recurrentKernel: array<f32>;
@group(0) @binding(1) var<storage, read> dh: array<f32>;
@group(0) @binding(2) var<storage, read_write> gates: array<f32>;
@group(0) @binding(3) var<storage, read_write> dh0: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

fn rowVectors() -> u32 { return (params.units + 3u) / 4u; }

fn weightAt(unit: u32, column: u32) -> f32 {
  let last = params.units - 1u;
  return select(0.0, recurrentKernel[ownRow(unit) * params.units + min(column, last)], column <= last);
}
fn weightsOf(unit: u32, k: u32) -> vec4f {
  return vec4f(weightAt(unit, 4u * k), weightAt(unit, 4u * k + 1u), weightAt(unit, 4u * k + 2u), weightAt(unit, 4u * k + 3u));
}

fn outerGradient(rows: vec4u, s: u32, u: u32) -> vec4f {
  let p = placeOf(rows, timeOf(s)) * params.units + u;
  return vec4f(dh[p.x], dh[p.y], dh[p.z], dh[p.w]);
}

fn firstCarried(rows: vec4u, u: u32) -> vec4f { return vec4f(); }
fn gradientPlaces(rows: vec4u, t: u32) -> vec4u { return placeOf(rows, t) * params.units; }
fn gradientAt(q: vec4u) -> vec4f { return vec4f(gates[q.x], gates[q.y], gates[q.z], gates[q.w]); }

fn backwardStep(tile: u32, rows: vec4u, s: u32, u: u32, d: vec4f, carried: vec4f) -> CellGradient {
  let p = placeOf(rows, timeOf(s)) * params.units + u;
  let state = gradientAt(p);
  let dz = d * (1.0 - state * state);
  for (var r = 0u; r < 4u; r++) {
    if (tile * 4u + r < params.batch) { gates[p[r]] = dz[r]; }
  }
  return CellGradient(Gates(dz), vec4f());
}

fn storeStates(tile: u32, rows: vec4u, u: u32, d: vec4f, carried: vec4f) {
  let p = ownRows(rows) * params.units + u;
  for (var r = 0u; r < 4u; r++) {
    if (tile * 4u + r < params.batch && params.keepDh0 == 1u) { dh0[p[r]] = d[r]; }
  }
}
