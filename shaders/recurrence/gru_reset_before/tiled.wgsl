// All time steps of a GRU with the reset gate before the product, or a chunk of them, in one launch: a workgroup owns four batch
// rows, a thread four units, so that a vector of weights serves sixteen products: for software adapters. h and r·h lie in workgroup
// memory. Four divides the units. No dropout.

import package::cell::{GATES, UPDATE, RESET, CANDIDATE, gateSum, finishGate, finishCandidate};
import package::lib::direction::{enterDirection, directionRow};
import package::lib::index::workgroupIndex;
import package::lib::operand::Operand4;
import package::lib::recurrence::memory::params;
import package::lib::recurrence::reset_before::{firstHidden, storeInner, storeHidden};
import package::lib::recurrence::rows::{tilesOf, batchRows};

@group(0) @binding(0) var<storage, read> recurrentKernel: array<Operand4>;

const TILE = 4u;
override THREADS: u32 = 64u;
var<workgroup> state: array<vec4f, TILE * THREADS>;
var<workgroup> product: array<vec4f, TILE * THREADS>;

// Column i: the sum of a thread's unit i, of four batch rows.
fn addProduct(sums: mat4x4f, k: u32, gate: u32, thread: u32, before: vec4f) -> mat4x4f {
  let weights = recurrentKernel[(directionRow(k) * GATES + gate) * (params.units / TILE) + thread];
  return mat4x4f(
    sums[0] + weights.x * before, sums[1] + weights.y * before, sums[2] + weights.z * before, sums[3] + weights.w * before,
  );
}

@compute @workgroup_size(THREADS)
fn entry(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let tile = enterDirection(workgroupIndex(workgroup), tilesOf(1u));
  let units = params.units;
  let rows = batchRows(tile);
  let first = thread * TILE;
  var before: array<vec4f, TILE>;
  var update: array<vec4f, TILE>;
  workgroupBarrier();
  for (var i = 0u; i < TILE; i++) {
    before[i] = firstHidden(rows, first + i);
    state[first + i] = before[i];
  }
  for (var s = params.start; s < params.until; s++) {
    workgroupBarrier();
    var z = mat4x4f();
    var r = mat4x4f();
    for (var k = 0u; k < units; k++) {
      z = addProduct(z, k, UPDATE, thread, state[k]);
      r = addProduct(r, k, RESET, thread, state[k]);
    }
    for (var i = 0u; i < TILE; i++) {
      let u = first + i;
      update[i] = finishGate(tile, rows, s, UPDATE, u, gateSum(rows, s, UPDATE, u) + z[i]);
      let seen = finishGate(tile, rows, s, RESET, u, gateSum(rows, s, RESET, u) + r[i]) * before[i];
      product[u] = seen;
      if (params.storeCell == 1u) { storeInner(tile, rows, s, u, seen); }
    }
    workgroupBarrier();
    var c = mat4x4f();
    for (var k = 0u; k < units; k++) { c = addProduct(c, k, CANDIDATE, thread, product[k]); }
    for (var i = 0u; i < TILE; i++) {
      let u = first + i;
      before[i] = finishCandidate(tile, rows, s, u, gateSum(rows, s, CANDIDATE, u) + c[i], update[i], before[i]);
      state[u] = before[i];
      storeHidden(tile, rows, s, u, before[i]);
    }
  }
}
