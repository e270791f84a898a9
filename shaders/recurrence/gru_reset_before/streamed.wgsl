// All time steps of a GRU with the reset gate before the product, or a chunk of them, in one launch: a workgroup owns four batch
// rows, a thread one unit. h and r·h lie in workgroup memory, with a barrier before each of the two products; weights are streamed.

import package::cell::{UPDATE, RESET, CANDIDATE, gateSum, finishGate, finishCandidate};
import package::lib::direction::enterDirection;
import package::lib::index::workgroupIndex;
import package::lib::recurrence::memory::params;
import package::lib::recurrence::reset_before::{weightOf, firstHidden, storeInner, storeHidden};
import package::lib::recurrence::rows::{tilesOf, batchRows, dropoutSeed};
import package::lib::recurrent_dropout::{DROPS, maskBits, maskOf};

override THREADS: u32 = 64u;
const TOGETHER = 8u;
var<workgroup> state: array<vec4f, THREADS>;
var<workgroup> product: array<vec4f, THREADS>;
var<workgroup> masks: array<u32, THREADS>;

struct Pair { z: vec4f, r: vec4f }

// Adds unit k's part of h·R to the sums of z and r.
fn addUnit(sums: Pair, k: u32, u: u32) -> Pair {
  var z = state[k];
  var r = state[k];
  if (DROPS == 1u) {
    z *= maskOf(masks[k], UPDATE, params.recurrentRate);
    r *= maskOf(masks[k], RESET, params.recurrentRate);
  }
  return Pair(sums.z + weightOf(k, UPDATE, u) * z, sums.r + weightOf(k, RESET, u) * r);
}

@compute @workgroup_size(THREADS)
fn entry(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) u: u32) {
  let tile = enterDirection(workgroupIndex(workgroup), tilesOf(1u));
  let units = params.units;
  let rows = batchRows(tile);
  let isOwner = u < units;
  var before = vec4f();
  workgroupBarrier();
  if (isOwner) {
    before = firstHidden(rows, u);
    state[u] = before;
    if (DROPS == 1u) { masks[u] = maskBits(rows, u, units, params.recurrentRate, dropoutSeed()); }
  }
  for (var s = params.start; s < params.until; s++) {
    workgroupBarrier();
    var update = vec4f();
    if (isOwner) {
      var sums = Pair(gateSum(rows, s, UPDATE, u), gateSum(rows, s, RESET, u));
      // Several units at a time, without a branch between their loads, so that a GPU requests all weights before it waits for one.
      var k = 0u;
      for (; k + TOGETHER <= units; k += TOGETHER) {
        for (var i = 0u; i < TOGETHER; i++) { sums = addUnit(sums, k + i, u); }
      }
      for (; k < units; k++) { sums = addUnit(sums, k, u); }
      update = finishGate(tile, rows, s, UPDATE, u, sums.z);
      var seen = finishGate(tile, rows, s, RESET, u, sums.r) * before;
      if (DROPS == 1u) { seen *= maskOf(masks[u], CANDIDATE, params.recurrentRate); }
      product[u] = seen;
      if (params.storeCell == 1u) { storeInner(tile, rows, s, u, seen); }
    }
    workgroupBarrier();
    if (isOwner) {
      var sum = gateSum(rows, s, CANDIDATE, u);
      var k = 0u;
      for (; k + TOGETHER <= units; k += TOGETHER) {
        for (var i = 0u; i < TOGETHER; i++) { sum += weightOf(k + i, CANDIDATE, u) * product[k + i]; }
      }
      for (; k < units; k++) { sum += weightOf(k, CANDIDATE, u) * product[k]; }
      before = finishCandidate(tile, rows, s, u, sum, update, before);
      state[u] = before;
      storeHidden(tile, rows, s, u, before);
    }
  }
}
