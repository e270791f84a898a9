// Bindings and memory access of the backward LSTM kernels.
//   gates [B, T, 4U] the stored gates before, dz after; c [B, T, U]; dh [B, T, U], or [B, U] for the last step only;
//   dcLast, c0, dh0, dc0 [B, U]; recurrentKernel [U, 4U] as rows of U vectors; of two directions side by side
//   (lib/direction.wgsl)

import package::lib::direction::{ownRow, ownRows, isReversed, ownSeed};
import package::lib::lstm::{Gates, CellGradient, lstmCellGradient, placeOf};
import package::lib::recurrent_dropout::{DROPS, maskOf};

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

fn batchRows(tile: u32) -> vec4u {
  return min(tile * 4u + vec4u(0u, 1u, 2u, 3u), vec4u(params.batch - 1u));
}

fn timeOf(s: u32) -> u32 { return select(s, params.time - 1u - s, isReversed(params.reverse)); }

fn dropoutSeed() -> u32 { return ownSeed(params.seed, params.otherSeed); }

// dh as it comes from above at step s.
fn outerGradient(rows: vec4u, s: u32, t: u32, u: u32) -> vec4f {
  if (params.dhKind == 0u || (params.dhKind == 2u && s != params.time - 1u)) { return vec4f(); }
  let p = select(ownRows(rows), placeOf(rows, params.time, t), params.dhKind == 1u) * params.units + u;
  return vec4f(dh[p.x], dh[p.y], dh[p.z], dh[p.w]);
}

// dc after the launch's first step: what the launch before left, or the gradient of the last state.
fn lastCellGradient(rows: vec4u, u: u32) -> vec4f {
  let p = ownRows(rows) * params.units + u;
  if (params.until < params.time || params.step == params.time) { return vec4f(dc0[p.x], dc0[p.y], dc0[p.z], dc0[p.w]); }
  if (params.hasDcLast == 0u) { return vec4f(); }
  return vec4f(dcLast[p.x], dcLast[p.y], dcLast[p.z], dcLast[p.w]);
}

// What lies in `gates` at a place of each row: a gate, or its gradient.
fn gateAt(q: vec4u) -> vec4f { return vec4f(gates[q.x], gates[q.y], gates[q.z], gates[q.w]); }

// What columns 4k to 4k + 3 of a unit's row of R give of R·dz; `z` is dz of these columns. Each gate's part goes back through
// the mask that the gate saw the unit through.
fn partOfRow(unit: u32, k: u32, z: mat4x4f, bits: u32) -> vec4f {
  let r = recurrentKernel[ownRow(unit) * params.units + k];
  if (DROPS == 0u) { return z * r; }
  var sum = vec4f();
  for (var i = 0u; i < 4u; i++) {
    sum += r[i] * z[i] * maskOf(bits, (4u * k + i) / params.units, params.recurrentRate);
  }
  return sum;
}

// The gradients through one step; stores dz.
fn backwardStep(tile: u32, rows: vec4u, s: u32, u: u32, d: vec4f, dc: vec4f) -> CellGradient {
  let units = params.units;
  let t = timeOf(s);
  let at = placeOf(rows, params.time, t);
  let p = at * 4u * units + u;
  let kept = Gates(gateAt(p), gateAt(p + units), gateAt(p + 2u * units), gateAt(p + 3u * units));
  let q = at * units + u;
  let after = vec4f(c[q.x], c[q.y], c[q.z], c[q.w]);
  var before = vec4f();
  if (s > 0u) {
    let b = placeOf(rows, params.time, timeOf(s - 1u)) * units + u;
    before = vec4f(c[b.x], c[b.y], c[b.z], c[b.w]);
  } else if (params.hasState == 1u) {
    let b = ownRows(rows) * units + u;
    before = vec4f(c0[b.x], c0[b.y], c0[b.z], c0[b.w]);
  }
  let g = lstmCellGradient(kept, before, after, d, dc);
  for (var r = 0u; r < 4u; r++) {
    if (tile * 4u + r >= params.batch) { break; }
    gates[p[r]] = g.z.i[r];
    gates[p[r] + units] = g.z.f[r];
    gates[p[r] + 2u * units] = g.z.g[r];
    gates[p[r] + 3u * units] = g.z.o[r];
  }
  return g;
}

fn storeStates(tile: u32, rows: vec4u, u: u32, d: vec4f, dc: vec4f) {
  let p = ownRows(rows) * params.units + u;
  for (var r = 0u; r < 4u; r++) {
    if (tile * 4u + r >= params.batch) { break; }
    if (params.keepDh0 == 1u) { dh0[p[r]] = d[r]; }
    if (params.keepDc0 == 1u) { dc0[p[r]] = dc[r]; }
  }
}
