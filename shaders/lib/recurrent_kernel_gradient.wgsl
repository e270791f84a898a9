// dR[u, j] = Σ over rows and steps of h_before[u]·dz[j] as a product: rows are units, columns those of dz, k is row and
// step. h_before is h one step earlier in processing order, h0 at the first step.
//   h [B, T, U], h0 [B, U], dz [B, T, J] → dR [U, J]; of two directions side by side (lib/direction.wgsl)

import package::lib::direction::{ownRow, isReversed};

struct Params {
  // Units and columns of one direction.
  batch: u32, time: u32, units: u32, columns: u32, reverse: u32, hasState: u32,
  // Parts into which the sum is split, and which terms of each this launch adds to what those before it left.
  chunks: u32, start: u32, until: u32,
  recurrentRate: f32, seed: u32, otherSeed: u32,
}
@group(0) @binding(0) var<storage, read> h: array<f32>;
@group(0) @binding(1) var<storage, read> h0: array<f32>;
@group(0) @binding(2) var<storage, read> dz: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dR: array<f32>;
// [chunks, U, directions, J]
@group(0) @binding(4) var<storage, read_write> parts: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

const LANES = vec4u(0u, 1u, 2u, 3u);

// 0 where there is no state before, and past the last step of the last row.
fn stateBefore(unit: u32, k: u32) -> f32 {
  let u = min(unit, params.units - 1u);
  let reversed = isReversed(params.reverse);
  let first = select(0u, params.time - 1u, reversed);
  if (k >= params.batch * params.time) { return 0.0; }
  if (k % params.time != first) { return h[ownRow(select(k - 1u, k + 1u, reversed)) * params.units + u]; }
  if (params.hasState == 1u) { return h0[ownRow(k / params.time) * params.units + u]; }
  return 0.0;
}

fn statesBefore(unit: u32, k: u32) -> vec4f {
  return vec4f(stateBefore(unit, k), stateBefore(unit, k + 1u), stateBefore(unit, k + 2u), stateBefore(unit, k + 3u));
}

fn gateGradients(k: u32, column: u32) -> vec4f {
  if (k >= params.batch * params.time) { return vec4f(); }
  let first = ownRow(k) * params.columns;
  if (params.columns % 4u == 0u) { return dz[(first + min(column, params.columns - 4u)) / 4u]; }
  let p = first + min(column + LANES, vec4u(params.columns - 1u));
  let q = p % 4u;
  return vec4f(dz[p.x / 4u][q.x], dz[p.y / 4u][q.y], dz[p.z / 4u][q.z], dz[p.w / 4u][q.w]);
}

fn store(row: u32, column: u32, sum: vec4f) {
  if (row >= params.units) { return; }
  for (var j = 0u; j < 4u; j++) {
    if (column + j >= params.columns) { break; }
    let at = ownRow(row) * params.columns + column + j;
    dR[at] = select(0.0, dR[at], params.start > 0u) + sum[j];
  }
}
