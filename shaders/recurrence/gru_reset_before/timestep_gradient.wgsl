// One time step of a GRU with the reset gate before the product backward in two launches: one for the gradients of z and of the
// candidate, and one for that of r, which come through the candidate's. A thread owns one unit of four rows; launches pass what
// goes to the previous time step beside R·(dz, dr) on through dInitial.

import package::cell::{UPDATE, RESET, CANDIDATE, firstGradients, secondGradients, storeAt};
import package::lib::direction::{DIRECTIONS, enterDirection};
import package::lib::index::elementIndex;
import package::lib::recurrence::backward::{weightAt, outerGradient, leftGradient, storeGradient};
import package::lib::recurrence::memory::{params, stateOffsets, gateOffsets, gateAt};
import package::lib::recurrence::rows::{offsetsOf, tilesOf, batchRows, timeOf, dropoutSeed};
import package::lib::recurrent_dropout::{DROPS, maskBits, maskOf};

// Which of the two launches this is.
override PHASE: u32 = 0u;

// Row u of a gate's block of R times the gradients of the gate at time t.
fn through(rows: vec4u, t: u32, u: u32, gate: u32) -> vec4f {
  let units = params.units;
  let p = gateOffsets(offsetsOf(rows, t), gate, 0u);
  var sum = vec4f();
  for (var j = 0u; j < units; j++) { sum += weightAt(u, gate * units + j) * gateAt(p + j); }
  if (DROPS == 0u) { return sum; }
  return sum * maskOf(maskBits(rows, u, units, params.recurrentRate, dropoutSeed()), gate, params.recurrentRate);
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
  let p = stateOffsets(rows, u);
  let leavesState = params.start == params.time;
  let s = select(params.start, 0u, leavesState);
  if (PHASE == 0u) {
    var d = vec4f();
    if (leavesState || params.until < params.time) { d = leftGradient(p, 0u); }
    if (leavesState || s < params.time - 1u) {
      let t = timeOf(select(s + 1u, 0u, leavesState));
      d += through(rows, t, u, UPDATE) + through(rows, t, u, RESET);
    }
    if (!leavesState) {
      let first = firstGradients(rows, s, u, d + outerGradient(rows, s, u));
      storeAt(tile, rows, s, UPDATE, u, first.z);
      storeAt(tile, rows, s, CANDIDATE, u, first.c);
      d = first.carried;
    }
    storeGradient(tile, p, 0u, d);
  } else if (!leavesState) {
    let second = secondGradients(rows, s, u, through(rows, timeOf(s), u, CANDIDATE));
    storeAt(tile, rows, s, RESET, u, second.r);
    storeGradient(tile, p, 0u, leftGradient(p, 0u) + second.carried);
  }
}
