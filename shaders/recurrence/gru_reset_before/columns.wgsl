// All time steps of a GRU with the reset gate before the product, or a chunk of them, in one launch: a workgroup owns four batch
// rows, a thread four neighbouring columns of R, which it reads as one vector, over a part of k. For GPUs, as
// recurrence/columns.wgsl. Of one memory for all: h gives way to the sums of z and r, these to r·h, and that to the candidate's sums.
// Four divides the units. No dropout.

import package::cell::{GATES, UPDATE, RESET, CANDIDATE, gateSum, finishGate, finishCandidate};
import package::lib::direction::{enterDirection, directionRow};
import package::lib::index::workgroupIndex;
import package::lib::operand::Operand4;
import package::lib::recurrence::memory::params;
import package::lib::recurrence::reset_before::{firstHidden, storeInner, storeHidden};
import package::lib::recurrence::rows::{tilesOf, batchRows};

@group(0) @binding(0) var<storage, read> recurrentKernel: array<Operand4>;

// Vectors of a gate's columns; parts of k of z and r, of which the candidate, with half as many columns, has twice as many.
override VECTORS: u32 = 16u;
override PARTS: u32 = 4u;
override THREADS: u32 = 128u;
// Rows of R that a thread reads without a branch between them, so that it waits once for all.
const TOGETHER = 8u;
// States by unit, or sums: those of column 4v + i and a part at (i · parts + part) · vectors + v.
var<workgroup> exchange: array<vec4f, 8u * PARTS * VECTORS>;

// The sums of four columns, each of four batch rows.
fn addRow(sums: mat4x4f, k: u32, vector: u32) -> mat4x4f {
  let weights = recurrentKernel[directionRow(k) * GATES * VECTORS + vector];
  let before = exchange[k];
  return mat4x4f(
    sums[0] + weights.x * before, sums[1] + weights.y * before, sums[2] + weights.z * before, sums[3] + weights.w * before,
  );
}

// Multiplies the states by `vectors` vectors of columns from `first` on, and leaves the sums in their place; has barriers.
fn multiply(thread: u32, first: u32, vectors: u32) {
  let parts = 2u * PARTS * VECTORS / vectors;
  let part = thread / vectors;
  let vector = thread % vectors;
  let length = (params.units + parts - 1u) / parts;
  let end = min((part + 1u) * length, params.units);
  var sums = mat4x4f();
  workgroupBarrier();
  if (part < parts) {
    var k = part * length;
    for (; k + TOGETHER <= end; k += TOGETHER) {
      for (var i = 0u; i < TOGETHER; i++) { sums = addRow(sums, k + i, first + vector); }
    }
    for (; k < end; k++) { sums = addRow(sums, k, first + vector); }
  }
  workgroupBarrier();
  if (part < parts) {
    for (var i = 0u; i < 4u; i++) { exchange[(i * parts + part) * vectors + vector] = sums[i]; }
  }
  workgroupBarrier();
}

// The sum of all parts of a column.
fn sumOf(column: u32, vectors: u32) -> vec4f {
  let parts = 2u * PARTS * VECTORS / vectors;
  var sum = vec4f();
  for (var part = 0u; part < parts; part++) { sum += exchange[(column % 4u * parts + part) * vectors + column / 4u]; }
  return sum;
}

@compute @workgroup_size(THREADS)
fn entry(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let tile = enterDirection(workgroupIndex(workgroup), tilesOf(1u));
  let units = params.units;
  let rows = batchRows(tile);
  let isOwner = thread < units;
  var before = vec4f();
  workgroupBarrier();
  if (isOwner) {
    before = firstHidden(rows, thread);
    exchange[thread] = before;
  }
  for (var s = params.start; s < params.until; s++) {
    multiply(thread, 0u, 2u * VECTORS);
    var update = vec4f();
    var seen = vec4f();
    if (isOwner) {
      let z = gateSum(rows, s, UPDATE, thread) + sumOf(thread, 2u * VECTORS);
      let r = gateSum(rows, s, RESET, thread) + sumOf(units + thread, 2u * VECTORS);
      update = finishGate(tile, rows, s, UPDATE, thread, z);
      seen = finishGate(tile, rows, s, RESET, thread, r) * before;
      if (params.storeCell == 1u) { storeInner(tile, rows, s, thread, seen); }
    }
    workgroupBarrier();
    if (isOwner) { exchange[thread] = seen; }
    multiply(thread, CANDIDATE * VECTORS, VECTORS);
    if (isOwner) {
      let sum = gateSum(rows, s, CANDIDATE, thread) + sumOf(thread, VECTORS);
      before = finishCandidate(tile, rows, s, thread, sum, update, before);
      storeHidden(tile, rows, s, thread, before);
    }
    workgroupBarrier();
    if (isOwner) { exchange[thread] = before; }
  }
}
