// All time steps of a recurrence backwards, or a chunk of them, in one launch: a workgroup owns four batch rows. Eight threads
// share a unit's row of R, read along the row, so that neighbouring threads read neighbouring numbers without a transposed copy;
// a thread has up to eight units, 32 apart, which share the dz that it reads. The threads' parts of R·dz are summed in workgroup
// memory; then a thread for each unit computes the cell's gradients. The same as
// sequence_gradient.wgsl, but laid out in workgroup memory without bank conflicts on GPUs. Columns are whole vectors. No dropout.

import package::cell::{GATES, Gates, gateOf, Carried, backwardStep, gradientPlaces, gradientAt, storeGradients};
import package::lib::direction::{enterDirection, directionRow};
import package::lib::index::workgroupIndex;
import package::lib::recurrence::backward::{recurrentKernel, outerGradient, firstCarried};
import package::lib::recurrence::memory::{params, statePlaces};
import package::lib::recurrence::rows::{placeOf, tilesOf, batchRows, timeOf};

const LANES = 8u;
const ROWS = 32u;
const THREADS = 256u;
// Units of a thread, up to 8, and how many units' parts are summed at once.
override TILE: u32 = 8u;
const SUMMED = min(TILE, 4u);
// Vectors of a row of R.
override VECTORS: u32 = 64u;
// dz of the time step processed after, or the parts of SUMMED units a thread.
var<workgroup> exchange: array<vec4f, THREADS * SUMMED>;

// Index of a column's dz. Columns that a thread reads one after another are not neighbours: threads side by side read neighbours.
fn placeOfColumn(column: u32) -> u32 { return column % 4u * VECTORS + column / 4u; }

// Index of a lane's part of a unit; no two of eight lanes, nor of eight units, share a bank.
fn placeOfPart(lane: u32, unit: u32) -> u32 { return lane * SUMMED * ROWS + (unit ^ lane); }

// The parts of a thread's units, in separate members because GPUs keep arrays in memory, not in registers.
struct Parts { p0: vec4f, p1: vec4f, p2: vec4f, p3: vec4f, p4: vec4f, p5: vec4f, p6: vec4f, p7: vec4f }

fn addProduct(part: vec4f, i: u32, z: mat4x4f, row: u32, k: u32) -> vec4f {
  if (i >= TILE) { return part; }
  return part + z * recurrentKernel[directionRow(min(i * ROWS + row, params.units - 1u)) * VECTORS + k];
}

fn addProducts(parts: Parts, row: u32, k: u32) -> Parts {
  let z = mat4x4f(exchange[k], exchange[VECTORS + k], exchange[2u * VECTORS + k], exchange[3u * VECTORS + k]);
  return Parts(
    addProduct(parts.p0, 0u, z, row, k), addProduct(parts.p1, 1u, z, row, k),
    addProduct(parts.p2, 2u, z, row, k), addProduct(parts.p3, 3u, z, row, k),
    addProduct(parts.p4, 4u, z, row, k), addProduct(parts.p5, 5u, z, row, k),
    addProduct(parts.p6, 6u, z, row, k), addProduct(parts.p7, 7u, z, row, k),
  );
}

fn partOf(parts: Parts, i: u32) -> vec4f {
  switch i {
    case 0u: { return parts.p0; }
    case 1u: { return parts.p1; }
    case 2u: { return parts.p2; }
    case 3u: { return parts.p3; }
    case 4u: { return parts.p4; }
    case 5u: { return parts.p5; }
    case 6u: { return parts.p6; }
    default: { return parts.p7; }
  }
}

@compute @workgroup_size(THREADS)
fn entry(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let tile = enterDirection(workgroupIndex(workgroup), tilesOf(1u));
  let units = params.units;
  let rows = batchRows(tile);
  let isOwner = thread < units;
  let lane = thread % LANES;
  let row = thread / LANES;
  var carried = Carried();
  if (isOwner) { carried = firstCarried(rows, thread); }
  workgroupBarrier();
  if (params.until < params.time) {
    let p = gradientPlaces(placeOf(rows, timeOf(params.until)));
    for (var j = thread; j < GATES * units; j += THREADS) { exchange[placeOfColumn(j)] = gradientAt(p, j); }
  }
  let leavesState = params.storeDInitial == 1u && params.step == 0u;
  var d = vec4f();
  let turns = params.until - params.step + 1u;
  for (var turn = 0u; turn < turns; turn++) {
    let after = params.until - turn;
    workgroupBarrier();
    if (after < params.time && (after > params.step || leavesState)) {
      var parts = Parts();
      // Two at a time, so that a GPU requests the weights of both before it waits for one.
      var k = lane;
      for (; k + LANES < VECTORS; k += 2u * LANES) {
        parts = addProducts(addProducts(parts, row, k), row, k + LANES);
      }
      for (; k < VECTORS; k += LANES) { parts = addProducts(parts, row, k); }
      for (var i = 0u; i < TILE; i += SUMMED) {
        workgroupBarrier();
        for (var n = 0u; n < min(SUMMED, TILE - i); n++) { exchange[placeOfPart(lane, n * ROWS + row)] = partOf(parts, i + n); }
        workgroupBarrier();
        if (thread / (SUMMED * ROWS) == i / SUMMED) {
          d = vec4f();
          for (var n = 0u; n < LANES; n++) { d += exchange[placeOfPart(n, thread % (SUMMED * ROWS))]; }
        }
      }
    }
    if (after == params.step) { break; }
    workgroupBarrier();
    if (isOwner) {
      let s = after - 1u;
      let g = backwardStep(tile, rows, s, thread, d + outerGradient(rows, s, thread), carried);
      carried = g.carried;
      for (var gate = 0u; gate < GATES; gate++) { exchange[placeOfColumn(gate * units + thread)] = gateOf(g.z, gate); }
    }
  }
  if (isOwner) { storeGradients(tile, statePlaces(rows, thread), d, carried, leavesState); }
}
