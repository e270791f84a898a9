// What the strategies of a GRU with the reset gate before the product read and write forward, beside its gates.
//   h [B, T, U]; last [B, U]; inner [B, T, U], r·h; recurrentKernel [U, 3U]; of two directions side by side (lib/direction.wgsl)

import package::cell::GATES;
import package::lib::direction::{directionRow, directionRows};
import package::lib::operand::Operand;
import package::lib::recurrence::memory::{MASKED, params, initial, initialState, stateOffsets, validAt};
import package::lib::recurrence::rows::{offsetsOf, timeOf};

@group(0) @binding(0) var<storage, read> recurrentKernel: array<Operand>;
@group(0) @binding(3) var<storage, read_write> h: array<f32>;
@group(0) @binding(4) var<storage, read_write> last: array<f32>;
@group(0) @binding(8) var<storage, read_write> inner: array<f32>;

// The weight of unit k for a unit's gate.
fn weightOf(k: u32, gate: u32, u: u32) -> f32 { return recurrentKernel[(directionRow(k) * GATES + gate) * params.units + u]; }

// h before the launch's first time step: what the previous launch left, or the initial state.
fn firstHidden(rows: vec4u, u: u32) -> vec4f {
  let p = stateOffsets(rows, u);
  if (params.start > 0u) { return vec4f(last[p.x], last[p.y], last[p.z], last[p.w]); }
  if (params.hasState == 0u) { return vec4f(); }
  return initialState(p, 0u);
}

// Offset of h before time step s, in units: in the sequence, or in the initial states.
fn offsetsBefore(rows: vec4u, s: u32) -> vec4u {
  return select(directionRows(rows), offsetsOf(rows, timeOf(max(s, 1u) - 1u)), s > 0u) * params.units;
}

// h of unit k, at the offsets of offsetsBefore.
fn hiddenBefore(offsets: vec4u, s: u32, k: u32) -> vec4f {
  let p = offsets + k;
  if (s > 0u) { return vec4f(h[p.x], h[p.y], h[p.z], h[p.w]); }
  return vec4f(initial[p.x], initial[p.y], initial[p.z], initial[p.w]);
}

// 0 where the time step is not valid: it has no gradients, which dR multiplies.
fn storeInner(tile: u32, rows: vec4u, s: u32, u: u32, product: vec4f) {
  var seen = product;
  if (MASKED == 1u) { seen = select(vec4f(), product, validAt(rows, timeOf(s))); }
  let p = offsetsOf(rows, timeOf(s)) * params.units + u;
  for (var r = 0u; r < 4u; r++) {
    if (tile * 4u + r < params.batch) { inner[p[r]] = seen[r]; }
  }
}

fn innerAt(rows: vec4u, s: u32, k: u32) -> vec4f {
  let p = offsetsOf(rows, timeOf(s)) * params.units + k;
  return vec4f(inner[p.x], inner[p.y], inner[p.z], inner[p.w]);
}

fn storeHidden(tile: u32, rows: vec4u, s: u32, u: u32, state: vec4f) {
  let p = offsetsOf(rows, timeOf(s)) * params.units + u;
  let q = stateOffsets(rows, u);
  for (var r = 0u; r < 4u; r++) {
    if (tile * 4u + r >= params.batch) { break; }
    if (params.storeH == 1u) { h[p[r]] = state[r]; }
    if (s + 1u == params.until && params.storeLast == 1u) { last[q[r]] = state[r]; }
  }
}
