// Bindings and memory access of the backward LSTM kernels, package::memory of lib/recurrence.
//   gates [B, T, 4U] the stored gates before, dz after; c [B, T, U]; dh [B, T, U], or [B, U] for the last step only;
//   dcLast, c0, dh0, dc0 [B, U]; recurrentKernel [U, 4U] as rows of U vectors; of two directions side by side
//   (lib/direction.wgsl)

import package::cell::{Gates, CellGradient, stepCellBack};
import package::lib::direction::{ownRow, ownRows};
import package::lib::recurrence::rows::{placeOf, timeOf};

struct Params {
  batch: u32, time: u32, units: u32, reverse: u32,
  hasState: u32,
  // 0 none, 1 every step's, 2 the last step's only.
  dhKind: u32,
  hasDcLast: u32, keepDh0: u32, keepDc0: u32,
  // The launch's steps: from before `until` down to `step`; `step` is `time` in a launch that only leaves dh0.
  step: u32, until: u32,
  recurrentRate: f32,
  // Of each direction.
  seed: u32, otherSeed: u32,
}

@group(0) @binding(0) var<storage, read> recurrentKernel: array<vec4f>;
@group(0) @binding(1) var<storage, read> c: array<f32>;
@group(0) @binding(2) var<storage, read> c0: array<f32>;
@group(0) @binding(3) var<storage, read> dh: array<f32>;
@group(0) @binding(4) var<storage, read> dcLast: array<f32>;
@group(0) @binding(5) var<storage, read_write> gates: array<f32>;
@group(0) @binding(6) var<storage, read_write> dh0: array<f32>;
@group(0) @binding(7) var<storage, read_write> dc0: array<f32>;
@group(0) @binding(8) var<uniform> params: Params;

// Vectors of a row of R.
fn rowVectors() -> u32 { return params.units; }

// Columns 4k to 4k + 3 of a unit's row of R; what lies past the last column is 0.
fn weightsOf(unit: u32, k: u32) -> vec4f { return recurrentKernel[ownRow(unit) * params.units + k]; }

fn weightAt(unit: u32, column: u32) -> f32 { return weightsOf(unit, column / 4u)[column % 4u]; }

// dh as it comes from above at step s.
fn outerGradient(rows: vec4u, s: u32, u: u32) -> vec4f {
  if (params.dhKind == 0u || (params.dhKind == 2u && s != params.time - 1u)) { return vec4f(); }
  let p = select(ownRows(rows), placeOf(rows, timeOf(s)), params.dhKind == 1u) * params.units + u;
  return vec4f(dh[p.x], dh[p.y], dh[p.z], dh[p.w]);
}

// dc after the launch's first step: what the launch before left, or the gradient of the last state.
fn firstCarried(rows: vec4u, u: u32) -> vec4f {
  let p = ownRows(rows) * params.units + u;
  if (params.until < params.time || params.step == params.time) { return vec4f(dc0[p.x], dc0[p.y], dc0[p.z], dc0[p.w]); }
  if (params.hasDcLast == 0u) { return vec4f(); }
  return vec4f(dcLast[p.x], dcLast[p.y], dcLast[p.z], dcLast[p.w]);
}

// Where the gradients of a time step that go through R begin.
fn gradientPlaces(rows: vec4u, t: u32) -> vec4u { return placeOf(rows, t) * 4u * params.units; }

// What lies in `gates` at a place of each row: a gate, or its gradient.
fn gradientAt(q: vec4u) -> vec4f { return vec4f(gates[q.x], gates[q.y], gates[q.z], gates[q.w]); }

// The gradients through one step of a unit, d those of its output; stores dz.
fn backwardStep(tile: u32, rows: vec4u, s: u32, u: u32, d: vec4f, carried: vec4f) -> CellGradient {
  let units = params.units;
  let at = placeOf(rows, timeOf(s));
  let p = at * 4u * units + u;
  let kept = Gates(
    gradientAt(p), gradientAt(p + units), gradientAt(p + 2u * units), gradientAt(p + 3u * units),
  );
  let q = at * units + u;
  let after = vec4f(c[q.x], c[q.y], c[q.z], c[q.w]);
  var before = vec4f();
  if (s > 0u) {
    let b = placeOf(rows, timeOf(s - 1u)) * units + u;
    before = vec4f(c[b.x], c[b.y], c[b.z], c[b.w]);
  } else if (params.hasState == 1u) {
    let b = ownRows(rows) * units + u;
    before = vec4f(c0[b.x], c0[b.y], c0[b.z], c0[b.w]);
  }
  let g = stepCellBack(kept, before, after, d, carried);
  for (var r = 0u; r < 4u; r++) {
    if (tile * 4u + r >= params.batch) { break; }
    gates[p[r]] = g.z.i[r];
    gates[p[r] + units] = g.z.f[r];
    gates[p[r] + 2u * units] = g.z.g[r];
    gates[p[r] + 3u * units] = g.z.o[r];
  }
  return g;
}

// The gradients of the initial state, or of that between two launches.
fn storeStates(tile: u32, rows: vec4u, u: u32, d: vec4f, carried: vec4f) {
  let p = ownRows(rows) * params.units + u;
  for (var r = 0u; r < 4u; r++) {
    if (tile * 4u + r >= params.batch) { break; }
    if (params.keepDh0 == 1u) { dh0[p[r]] = d[r]; }
    if (params.keepDc0 == 1u) { dc0[p[r]] = carried[r]; }
  }
}
