// dR[u, j] = Σ over rows and time steps of h_before[u]·dz[j] as a product: its rows are units, its columns those of dz, and k
// is row · T + time step. h_before is h one time step earlier in processing order, h0 at the first.
//   h [B, T, U], h0 [B, U], dz [B, T, J] → dR [U, J]; two directions lie side by side (lib/direction.wgsl)
// Of a GRU, the last of three blocks of columns is another: `inner` [B, T, U]
//   INNER_RESETS   has the reset gates after the product (cells/gru.wgsl), by which these columns of dz go through R. The bias has a
//                  row for x·W and one for h·R: biasSums [2, J] has the sums of dz and of what goes through R. The columns of the
//                  launch are then those of dz and, a second time, the last block without the reset gate.
//   INNER_STATES   has what the product saw in place of h_before, at the same time step (cells/gru_reset_before.wgsl)

import package::lib::direction::{directionRow, isReversed};
import package::lib::operand::{Operand, Operand4};

struct Params {
  // Units and columns of one direction.
  batch: u32, time: u32, units: u32, columns: u32, reverse: u32,
  // Parts into which the sum is split, and which terms of each part this launch adds to the sums of earlier launches.
  chunks: u32, start: u32, until: u32,
  recurrentRate: f32, seed: u32, otherSeed: u32,
}
@group(0) @binding(0) var<storage, read> h: array<Operand>;
@group(0) @binding(1) var<storage, read> h0: array<f32>;
@group(0) @binding(2) var<storage, read> dz: array<Operand4>;
@group(0) @binding(3) var<storage, read_write> dR: array<f32>;
// [chunks, U, directions, J]
@group(0) @binding(4) var<storage, read_write> parts: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

// 1 where four columns of dz are one aligned vector; a constant for the reason of HAS_STATE.
override VECTORS: u32 = 0u;

// What `inner` has, 0 where there is none, and whether the sums are asked for.
override INNER: u32 = 0u;
override HAS_SUMS: u32 = 0u;
const INNER_RESETS = 1u;
const INNER_STATES = 2u;
@group(0) @binding(6) var<storage, read> inner: array<f32>;
@group(0) @binding(7) var<storage, read_write> biasSums: array<f32>;

const LANES = vec4u(0u, 1u, 2u, 3u);

// Whether there is an initial state. A constant, because behind a branch a GPU would wait for each load before it asks for the next.
override HAS_STATE: u32 = 0u;

// Whether this thread's columns are the last block, whose states are those of `inner`. No tile has columns of two blocks.
var<private> isInner: bool;

fn enterColumns(first: u32) { isInner = INNER == INNER_STATES && first >= 2u * params.units; }

// h_before of four units; 0 at the first time step without an initial state, and where k is past the end.
fn unitsBefore(units: vec4u, k: u32) -> vec4f {
  let u = min(units, vec4u(params.units - 1u));
  if (isInner) {
    let seen = directionRow(min(k, params.batch * params.time - 1u)) * params.units + u;
    return select(vec4f(), vec4f(inner[seen.x], inner[seen.y], inner[seen.z], inner[seen.w]), k < params.batch * params.time);
  }
  let reversed = isReversed(params.reverse);
  let isFirst = k % params.time == select(0u, params.time - 1u, reversed);
  let isInside = k < params.batch * params.time;
  let p = directionRow(select(max(k, 1u) - 1u, k + 1u, reversed)) * params.units + u;
  var state = select(vec4f(), vec4f(h[p.x], h[p.y], h[p.z], h[p.w]), isInside && !isFirst);
  if (HAS_STATE == 1u) {
    let q = directionRow(k / params.time) * params.units + u;
    state = select(state, vec4f(h0[q.x], h0[q.y], h0[q.z], h0[q.w]), isInside && isFirst);
  }
  return state;
}

fn stateBefore(unit: u32, k: u32) -> f32 { return unitsBefore(vec4u(unit), k).x; }

// h_before of four units from `unit` on; each unit's vector holds k to k + 3.
fn stateBlock(unit: u32, k: u32) -> mat4x4f {
  let u = unit + LANES;
  return transpose(mat4x4f(unitsBefore(u, k), unitsBefore(u, k + 1u), unitsBefore(u, k + 2u), unitsBefore(u, k + 3u)));
}

fn statesBefore(unit: u32, k: u32) -> vec4f {
  return vec4f(stateBefore(unit, k), stateBefore(unit, k + 1u), stateBefore(unit, k + 2u), stateBefore(unit, k + 3u));
}

// The columns of the launch.
fn launchColumns() -> u32 { return params.columns + HAS_SUMS * params.units; }

// A workgroup whose columns are all past those of dz is there for the sums, which the first row of tiles computes.
fn hasNoProduct(tile: vec3u, width: u32) -> bool { return HAS_SUMS == 1u && tile.y > 0u && tile.x * width >= params.columns; }

// The column of dz that is a column of the launch.
fn sourceOf(column: u32) -> u32 { return select(column, column - params.units, column >= params.columns); }

// The factors by which columns of the launch, at row k, go through R. Without branches, of which the loops that call this would
// have more than software adapters compile.
fn resetsOf(k: u32, columns: vec4u) -> vec4f {
  let first = 2u * params.units;
  let u = directionRow(k) * params.units + min(max(columns, vec4u(first)) - first, vec4u(params.units - 1u));
  let isReset = (columns >= vec4u(first)) & (columns < vec4u(params.columns));
  return select(vec4f(1.0), vec4f(inner[u.x], inner[u.y], inner[u.z], inner[u.w]), isReset);
}

fn gateGradients(k: u32, column: u32) -> vec4f {
  let total = params.batch * params.time;
  let row = min(k, total - 1u);
  let first = directionRow(row) * params.columns;
  if (VECTORS == 1u) {
    let whole = min(column, launchColumns() - 4u);
    let gradients = select(vec4f(), dz[(first + sourceOf(whole)) / 4u], k < total);
    if (INNER != INNER_RESETS) { return gradients; }
    return gradients * resetsOf(row, whole + LANES);
  }
  let each = min(column + LANES, vec4u(launchColumns() - 1u));
  let p = first + vec4u(sourceOf(each.x), sourceOf(each.y), sourceOf(each.z), sourceOf(each.w));
  let q = p % 4u;
  let gradients = select(vec4f(), vec4f(dz[p.x / 4u][q.x], dz[p.y / 4u][q.y], dz[p.z / 4u][q.z], dz[p.w / 4u][q.w]), k < total);
  if (INNER != INNER_RESETS) { return gradients; }
  return gradients * resetsOf(row, each);
}

fn addSum(row: u32, column: u32, sum: f32) {
  let at = directionRow(row) * params.columns + column;
  biasSums[at] = select(0.0, biasSums[at], params.start > 0u) + sum;
}

// Stores the sums of four columns of the launch.
fn storeSums(column: u32, sum: vec4f) {
  for (var j = 0u; j < 4u; j++) {
    let c = column + j;
    if (c >= launchColumns()) { break; }
    if (c < params.columns) { addSum(1u, c, sum[j]); }
    if (c < 2u * params.units || c >= params.columns) { addSum(0u, sourceOf(c), sum[j]); }
  }
}

fn store(row: u32, column: u32, sum: vec4f) {
  if (row >= params.units) { return; }
  for (var j = 0u; j < 4u; j++) {
    if (column + j >= params.columns) { break; }
    let at = directionRow(row) * params.columns + column + j;
    dR[at] = select(0.0, dR[at], params.start > 0u) + sum[j];
  }
}
