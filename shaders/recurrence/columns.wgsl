// All time steps of a recurrence, or a chunk of them, in one launch: a workgroup owns four batch rows, a thread four neighbouring
// columns of R, which it reads as one vector, over a part of k. The sums overwrite the hidden states in workgroup
// memory; then a thread for each unit adds up the parts and applies the cell. For GPUs, whose time goes into reads of R: there
// are a quarter as many as with a unit a thread, and several are in flight at once. Columns are whole vectors. No dropout.

import package::cell::{GATES, Gates, State, gatesOf, addGates};
import package::lib::direction::{enterDirection, directionRow};
import package::lib::index::workgroupIndex;
import package::lib::operand::Operand4;
import package::lib::recurrence::forward::{firstState, startGates, finishCell};
import package::lib::recurrence::memory::params;
import package::lib::recurrence::rows::{tilesOf, batchRows, timeOf};

@group(0) @binding(0) var<storage, read> recurrentKernel: array<Operand4>;

// Vectors of a row of R, and parts of k; each part has VECTORS threads.
override VECTORS: u32 = 64u;
override PARTS: u32 = 4u;
override THREADS: u32 = 256u;
// Rows of R that a thread reads without a branch between them, so that it waits once for all.
const TOGETHER = 8u;
// The hidden states, or the sums of column 4v + i and a part at (i · PARTS + part) · VECTORS + v.
var<workgroup> exchange: array<vec4f, 4u * PARTS * VECTORS>;

// The sums of four columns, each of four batch rows.
struct Columns { s0: vec4f, s1: vec4f, s2: vec4f, s3: vec4f }

fn addRow(sums: Columns, k: u32, vector: u32) -> Columns {
  let weights = recurrentKernel[directionRow(k) * VECTORS + vector];
  let before = exchange[k];
  return Columns(
    sums.s0 + weights.x * before, sums.s1 + weights.y * before, sums.s2 + weights.z * before, sums.s3 + weights.w * before,
  );
}

// Gates past the cell's last repeat the last, and gatesOf ignores them.
fn sumOf(gate: u32, u: u32) -> vec4f {
  let column = min(gate, GATES - 1u) * params.units + u;
  var sum = vec4f();
  for (var part = 0u; part < PARTS; part++) { sum += exchange[(column % 4u * PARTS + part) * VECTORS + column / 4u]; }
  return sum;
}

@compute @workgroup_size(THREADS)
fn entry(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let tile = enterDirection(workgroupIndex(workgroup), tilesOf(1u));
  let units = params.units;
  let rows = batchRows(tile);
  let isOwner = thread < units;
  let part = thread / VECTORS;
  let vector = thread % VECTORS;
  let length = (units + PARTS - 1u) / PARTS;
  let end = min((part + 1u) * length, units);
  var state = State();
  workgroupBarrier();
  if (isOwner) {
    state = firstState(rows, thread);
    exchange[thread] = state.h;
  }
  for (var s = params.start; s < params.until; s++) {
    var z = Gates();
    if (isOwner) { z = startGates(rows, timeOf(s), thread); }
    workgroupBarrier();
    var sums = Columns();
    if (part < PARTS) {
      var k = part * length;
      for (; k + TOGETHER <= end; k += TOGETHER) {
        for (var i = 0u; i < TOGETHER; i++) { sums = addRow(sums, k + i, vector); }
      }
      for (; k < end; k++) { sums = addRow(sums, k, vector); }
    }
    workgroupBarrier();
    if (part < PARTS) {
      let p = part * VECTORS + vector;
      exchange[p] = sums.s0;
      exchange[p + PARTS * VECTORS] = sums.s1;
      exchange[p + 2u * PARTS * VECTORS] = sums.s2;
      exchange[p + 3u * PARTS * VECTORS] = sums.s3;
    }
    workgroupBarrier();
    if (isOwner) {
      z = addGates(z, gatesOf(sumOf(0u, thread), sumOf(1u, thread), sumOf(2u, thread), sumOf(3u, thread)));
    }
    workgroupBarrier();
    if (isOwner) {
      state = finishCell(tile, rows, s, thread, z, state);
      exchange[thread] = state.h;
    }
  }
}
