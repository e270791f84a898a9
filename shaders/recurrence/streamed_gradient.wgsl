// All time steps of a recurrence backwards, or a chunk of them, in one launch: a workgroup owns four batch rows. Eight threads
// share a unit's row of R, read along the row, so that neighbouring threads read neighbouring numbers without a transposed copy;
// a thread has up to eight units, 32 apart, which share the dz that it reads. The threads' parts of R·dz are summed in workgroup
// memory; then a thread for each unit computes the cell's gradients.

import package::cell::{GATES, Gates, gateOf, Carried, gradientOffsets, gradientAt};
import package::lib::direction::enterDirection;
import package::lib::index::workgroupIndex;
import package::lib::recurrence::backward::{rowVectors, weightsOf, outerGradient, firstCarried, firstHandedOn, handedOn, timestepGradient, leaveGradients};
import package::lib::recurrence::memory::{MASKED, params};
import package::lib::recurrence::rows::{offsetsOf, tilesOf, batchRows, timeOf, dropoutSeed};
import package::lib::recurrent_dropout::{DROPS, maskBits, maskOf};

const LANES = 8u;
const ROWS = 32u;
const THREADS = 256u;
const MAX_TILE = 8u;
// Units of a thread, and how many units' parts are summed at once.
override TILE: u32 = 8u;
const SUMMED = min(TILE, 4u);
// dz of the time step processed after, or the parts of SUMMED units a thread.
var<workgroup> exchange: array<vec4f, THREADS * SUMMED>;

// Index of a column's dz. The four columns of a vector are not neighbours: threads side by side read neighbours.
fn indexOfColumn(column: u32) -> u32 { return column % 4u * rowVectors() + column / 4u; }

// Index of a lane's part of a unit; no two of eight lanes, nor of eight units, share a bank.
fn indexOfPart(lane: u32, unit: u32) -> u32 { return lane * SUMMED * ROWS + (unit ^ lane); }

// The part of R·dz from columns 4k to 4k + 3 of a unit's row of R; `z` is dz of these columns. Each gate's part is multiplied by
// the mask that the gate saw the unit through.
fn partOfRow(unit: u32, k: u32, z: mat4x4f, bits: u32) -> vec4f {
  let r = weightsOf(unit, k);
  if (DROPS == 0u) { return z * r; }
  var sum = vec4f();
  for (var i = 0u; i < 4u; i++) {
    sum += r[i] * z[i] * maskOf(bits, (4u * k + i) / params.units, params.recurrentRate);
  }
  return sum;
}

// The parts of a thread's units, in separate members because GPUs keep arrays in memory, not in registers.
struct Parts { p0: vec4f, p1: vec4f, p2: vec4f, p3: vec4f, p4: vec4f, p5: vec4f, p6: vec4f, p7: vec4f }

fn addPart(part: vec4f, i: u32, z: mat4x4f, row: u32, k: u32, bits: u32) -> vec4f {
  if (i >= TILE) { return part; }
  return part + partOfRow(min(i * ROWS + row, params.units - 1u), k, z, bits);
}

fn addParts(parts: Parts, row: u32, k: u32, bits: array<u32, MAX_TILE>) -> Parts {
  let vectors = rowVectors();
  let z = mat4x4f(exchange[k], exchange[vectors + k], exchange[2u * vectors + k], exchange[3u * vectors + k]);
  return Parts(
    addPart(parts.p0, 0u, z, row, k, bits[0]), addPart(parts.p1, 1u, z, row, k, bits[1]),
    addPart(parts.p2, 2u, z, row, k, bits[2]), addPart(parts.p3, 3u, z, row, k, bits[3]),
    addPart(parts.p4, 4u, z, row, k, bits[4]), addPart(parts.p5, 5u, z, row, k, bits[5]),
    addPart(parts.p6, 6u, z, row, k, bits[6]), addPart(parts.p7, 7u, z, row, k, bits[7]),
  );
}

fn partAt(parts: Parts, i: u32) -> vec4f {
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
  let columns = GATES * units;
  let rows = batchRows(tile);
  let isOwner = thread < units;
  let lane = thread % LANES;
  let row = thread / LANES;
  var bits: array<u32, MAX_TILE>;
  if (DROPS == 1u) {
    for (var i = 0u; i < TILE; i++) {
      bits[i] = maskBits(rows, min(i * ROWS + row, units - 1u), units, params.recurrentRate, dropoutSeed());
    }
  }
  var carried = Carried();
  if (isOwner) { carried = firstCarried(rows, thread); }
  workgroupBarrier();
  if (params.until < params.time) {
    let p = gradientOffsets(offsetsOf(rows, timeOf(params.until)));
    for (var j = thread; j < columns; j += THREADS) { exchange[indexOfColumn(j)] = gradientAt(p, j); }
  }
  let leavesState = params.storeDInitial == 1u && params.start == 0u;
  var d = vec4f();
  if (isOwner) { d = firstHandedOn(rows, thread); }
  let turns = params.until - params.start + 1u;
  for (var turn = 0u; turn < turns; turn++) {
    let after = params.until - turn;
    // The last vector of a row may end past it.
    if (GATES < 4u && columns + thread < 4u * rowVectors()) { exchange[indexOfColumn(columns + thread)] = vec4f(); }
    workgroupBarrier();
    if (after < params.time && (after > params.start || leavesState)) {
      var parts = Parts();
      // Two vectors at a time, so that a GPU requests the weights of both before it waits for one.
      var k = lane;
      for (; k + LANES < rowVectors(); k += 2u * LANES) {
        parts = addParts(addParts(parts, row, k, bits), row, k + LANES, bits);
      }
      for (; k < rowVectors(); k += LANES) { parts = addParts(parts, row, k, bits); }
      for (var i = 0u; i < TILE; i += SUMMED) {
        workgroupBarrier();
        for (var n = 0u; n < min(SUMMED, TILE - i); n++) { exchange[indexOfPart(lane, n * ROWS + row)] = partAt(parts, i + n); }
        workgroupBarrier();
        if (thread / (SUMMED * ROWS) == i / SUMMED) {
          if (MASKED == 0u) { d = vec4f(); }
          for (var n = 0u; n < LANES; n++) { d += exchange[indexOfPart(n, thread % (SUMMED * ROWS))]; }
        }
      }
    }
    if (after == params.start) { break; }
    workgroupBarrier();
    if (isOwner) {
      let s = after - 1u;
      let whole = d + outerGradient(rows, s, thread);
      let g = timestepGradient(tile, rows, s, thread, whole, carried);
      if (MASKED == 1u) { d = handedOn(rows, s, whole); }
      carried = g.carried;
      for (var gate = 0u; gate < GATES; gate++) { exchange[indexOfColumn(gate * units + thread)] = gateOf(g.z, gate); }
    }
  }
  if (isOwner) { leaveGradients(tile, rows, thread, d, carried, leavesState); }
}
