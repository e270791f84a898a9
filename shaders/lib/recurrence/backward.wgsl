// What every strategy of a recurrence reads and writes backward, for any cell; memory.wgsl lists what a cell declares.
//   dh [B, T, U], or [B, U] for the last time step only; dLast [B, U]; recurrentKernel [U, GATES · U]; dInitial: the gradients
//   of the initial states, laid out as these; between launches it holds the cell's carried gradients. Two directions lie side
//   by side (lib/direction.wgsl).

import package::cell::{GATES, CARRIES_HIDDEN, Carried, CellGradient, carriedWhere, cellGradient, gatesOf, gateOf, lastCarried, leftCarried, storeGradients};
import package::lib::direction::{directionRow, directionRows};
import package::lib::operand::Operand4;
import package::lib::recurrence::memory::{MASKED, params, gateOffsets, gates, stateOffsets, validAt};
import package::lib::recurrence::rows::{offsetsOf, timeOf};

@group(0) @binding(0) var<storage, read> recurrentKernel: array<Operand4>;
@group(0) @binding(5) var<storage, read> dh: array<f32>;
@group(0) @binding(6) var<storage, read> dLast: array<f32>;
@group(0) @binding(7) var<storage, read_write> dInitial: array<f32>;

// Whether rows of R are whole vectors.
fn isInVectors() -> bool { return GATES % 4u == 0u || GATES * params.units % 4u == 0u; }

// Vectors of a row of R; the last may end past it.
fn rowVectors() -> u32 { return (GATES * params.units + 3u) / 4u; }

// 0 past the last column.
fn weightAt(row: u32, column: u32) -> f32 {
  let columns = GATES * params.units;
  let p = directionRow(row) * columns + min(column, columns - 1u);
  return select(0.0, recurrentKernel[p / 4u][p % 4u], column < columns);
}

// Columns 4k to 4k + 3 of a row of R.
fn weightsOf(row: u32, k: u32) -> vec4f {
  if (isInVectors()) { return recurrentKernel[directionRow(row) * (GATES * params.units / 4u) + k]; }
  return vec4f(weightAt(row, 4u * k), weightAt(row, 4u * k + 1u), weightAt(row, 4u * k + 2u), weightAt(row, 4u * k + 3u));
}

// The gradient of h at time step s from the layers above.
fn outerGradient(rows: vec4u, s: u32, u: u32) -> vec4f {
  if (params.dhKind == 0u || (params.dhKind == 2u && s != params.time - 1u)) { return vec4f(); }
  let p = select(directionRows(rows), offsetsOf(rows, timeOf(s)), params.dhKind == 1u) * params.units + u;
  return vec4f(dh[p.x], dh[p.y], dh[p.z], dh[p.w]);
}

// Whether an earlier launch left gradients in dInitial.
fn isLaterLaunch() -> bool { return params.until < params.time || params.start == params.time; }

// The carried gradients at the launch's first time step: what the previous launch left, or the gradients of the last states.
fn firstCarried(rows: vec4u, u: u32) -> Carried {
  let p = stateOffsets(rows, u);
  if (isLaterLaunch()) { return leftCarried(p); }
  return lastCarried(p);
}

// A time step that is not valid hands the gradient of h on whole, beside the cell's carried gradients: what earlier launches left
// of it. Where CARRIES_HIDDEN, it is part of the carried ones between launches.
fn firstHandedOn(rows: vec4u, u: u32) -> vec4f {
  if (MASKED == 0u || CARRIES_HIDDEN || !isLaterLaunch()) { return vec4f(); }
  return leftGradient(stateOffsets(rows, u), 0u);
}

// What time step s hands on of the gradient of h; asked only where MASKED is 1.
fn handedOn(rows: vec4u, s: u32, d: vec4f) -> vec4f { return select(d, vec4f(), validAt(rows, timeOf(s))); }

// The gradient of h as the time step before receives it, from R·dz and what is handed on.
fn receivedBy(product: vec4f, handed: vec4f) -> vec4f {
  if (MASKED == 0u) { return product; }
  return product + handed;
}

// cellGradient of the valid rows; the others' gates have no gradient, and what is carried stays.
fn timestepGradient(tile: u32, rows: vec4u, s: u32, u: u32, d: vec4f, carried: Carried) -> CellGradient {
  let gradient = cellGradient(tile, rows, s, u, d, carried);
  if (MASKED == 0u) { return gradient; }
  let t = timeOf(s);
  let valid = validAt(rows, t);
  let p = gateOffsets(offsetsOf(rows, t), 0u, u);
  for (var r = 0u; r < 4u; r++) {
    if (valid[r] || tile * 4u + r >= params.batch) { continue; }
    for (var gate = 0u; gate < GATES; gate++) { gates[p[r] + gate * params.units] = 0.0; }
  }
  let z = gatesOf(
    select(vec4f(), gateOf(gradient.z, 0u), valid), select(vec4f(), gateOf(gradient.z, 1u), valid),
    select(vec4f(), gateOf(gradient.z, 2u), valid), select(vec4f(), gateOf(gradient.z, 3u), valid),
  );
  return CellGradient(z, carriedWhere(valid, gradient.carried, carried));
}

// Leaves the gradients for the next launch, or as those of the initial states; masks hand on a part of that of h.
fn leaveGradients(tile: u32, rows: vec4u, u: u32, d: vec4f, carried: Carried, isInitial: bool) {
  storeGradients(tile, stateOffsets(rows, u), d, carried, isInitial || MASKED == 1u);
}

// A state's gradient as the previous launch left it.
fn leftGradient(p: vec4u, index: u32) -> vec4f {
  let q = p + index * params.stateStride;
  return vec4f(dInitial[q.x], dInitial[q.y], dInitial[q.z], dInitial[q.w]);
}

fn storeGradient(tile: u32, p: vec4u, index: u32, d: vec4f) {
  let q = p + index * params.stateStride;
  for (var r = 0u; r < 4u; r++) {
    if (tile * 4u + r < params.batch) { dInitial[q[r]] = d[r]; }
  }
}
