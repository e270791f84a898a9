// One time step of a GRU with the reset gate before the product in two launches, for more units than a workgroup has threads: one
// for z, r and r·h, and one for the candidate and h. A thread owns one unit of four rows.

import package::cell::{UPDATE, RESET, CANDIDATE, gateSum, gateValue, finishGate, finishCandidate};
import package::lib::direction::{DIRECTIONS, enterDirection};
import package::lib::index::elementIndex;
import package::lib::recurrence::memory::params;
import package::lib::recurrence::reset_before::{weightOf, offsetsBefore, hiddenBefore, innerAt, storeInner, storeHidden};
import package::lib::recurrence::rows::{tilesOf, batchRows, dropoutSeed};
import package::lib::recurrent_dropout::{DROPS, maskBits, maskOf};

// Which of the two launches this is.
override PHASE: u32 = 0u;

fn seen(state: vec4f, bits: u32, gate: u32) -> vec4f {
  if (DROPS == 0u) { return state; }
  return state * maskOf(bits, gate, params.recurrentRate);
}

fn maskBitsOf(rows: vec4u, k: u32) -> u32 {
  if (DROPS == 0u) { return 0u; }
  return maskBits(rows, k, params.units, params.recurrentRate, dropoutSeed());
}

@compute @workgroup_size(64)
fn entry(@builtin(global_invocation_id) id: vec3u) {
  let units = params.units;
  let each = tilesOf(1u) * units;
  let index = elementIndex(id);
  if (index >= DIRECTIONS * each) { return; }
  let e = enterDirection(index, each);
  let u = e % units;
  let tile = e / units;
  let rows = batchRows(tile);
  let s = params.start;
  let offsets = offsetsBefore(rows, s);
  let hasBefore = s > 0u || params.hasState == 1u;
  var before = vec4f();
  if (hasBefore) { before = hiddenBefore(offsets, s, u); }
  if (PHASE == 0u) {
    var z = gateSum(rows, s, UPDATE, u);
    var r = gateSum(rows, s, RESET, u);
    for (var k = 0u; k < units && hasBefore; k++) {
      let state = hiddenBefore(offsets, s, k);
      let bits = maskBitsOf(rows, k);
      z += weightOf(k, UPDATE, u) * seen(state, bits, UPDATE);
      r += weightOf(k, RESET, u) * seen(state, bits, RESET);
    }
    finishGate(tile, rows, s, UPDATE, u, z);
    let reset = finishGate(tile, rows, s, RESET, u, r);
    storeInner(tile, rows, s, u, reset * seen(before, maskBitsOf(rows, u), CANDIDATE));
  } else {
    var sum = gateSum(rows, s, CANDIDATE, u);
    for (var k = 0u; k < units && hasBefore; k++) { sum += weightOf(k, CANDIDATE, u) * innerAt(rows, s, k); }
    storeHidden(tile, rows, s, u, finishCandidate(tile, rows, s, u, sum, gateValue(rows, s, UPDATE, u), before));
  }
}
