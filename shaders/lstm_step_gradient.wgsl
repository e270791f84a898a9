// One step of the LSTM or ConvLSTM recurrence backwards, fused with its product R·dz: what the windows that see a row give back
// of dz. dc travels from launch to launch in dc0. recurrentKernel [KH, KW, U, 4U] as rows of U vectors

import package::lib::direction::{enterDirection, ownRow};
import package::lib::index::elementIndex;
import package::lib::lstm::{Gates, CellGradient, placeOf};
import package::lib::lstm_backward::{params, dropoutSeed, recurrentKernel, c, c0, dh, dcLast, gates, dh0, dc0, batchRows, outerGradient, lastCellGradient, backwardStep, storeStates, timeOf, gateAt};
import package::lib::recurrent_convolution::{KERNEL_HEIGHT, KERNEL_WIDTH, seenBy};
import package::lib::recurrent_dropout::{DROPS, keptBits, maskOf};

// What all windows give back to unit u of four rows at time step t.
fn recurrentGradient(rows: vec4u, t: u32, u: u32) -> vec4f {
  let units = params.units;
  var sum = vec4f();
  for (var i = 0u; i < KERNEL_HEIGHT; i++) {
    for (var j = 0u; j < KERNEL_WIDTH; j++) {
      let windows = seenBy(rows, i, j);
      let p = placeOf(windows.rows, params.time, t) * 4u * units;
      let r = ownRow((i * KERNEL_WIDTH + j) * units + u) * units;
      if (DROPS == 1u) {
        sum += windows.counts * maskedProduct(rows, u, r, p);
      } else {
        var part = vec4f();
        for (var k = 0u; k < units; k++) {
          let w = recurrentKernel[r + k];
          let q = p + 4u * k;
          part += w.x * gateAt(q) + w.y * gateAt(q + 1u) + w.z * gateAt(q + 2u) + w.w * gateAt(q + 3u);
        }
        sum += windows.counts * part;
      }
    }
  }
  return sum;
}

// One window's part, each gate's through the mask that it saw the unit through.
fn maskedProduct(rows: vec4u, u: u32, r: u32, p: vec4u) -> vec4f {
  let units = params.units;
  let bits = keptBits(rows, u, units, params.recurrentRate, dropoutSeed());
  var sum = vec4f();
  for (var gate = 0u; gate < 4u; gate++) {
    var part = vec4f();
    for (var k = gate * units; k < (gate + 1u) * units; k++) { part += recurrentKernel[r + k / 4u][k % 4u] * gateAt(p + k); }
    sum += part * maskOf(bits, gate, params.recurrentRate);
  }
  return sum;
}

@compute @workgroup_size(64)
fn lstmStepGradient(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  enterDirection(id.z);
  let units = params.units;
  let e = elementIndex(id, workgroups);
  let u = e % units;
  let tile = e / units;
  if (tile * 4u >= params.batch) { return; }
  let rows = batchRows(tile);
  let leavesState = params.step == params.time;
  let s = select(params.step, 0u, leavesState);
  var d = vec4f();
  var dc = lastCellGradient(rows, u);
  if (leavesState || s < params.time - 1u) {
    d = recurrentGradient(rows, timeOf(select(s + 1u, 0u, leavesState)), u);
  }
  if (!leavesState) {
    dc = backwardStep(tile, rows, s, u, d + outerGradient(rows, s, timeOf(s), u), dc).c;
  }
  storeStates(tile, rows, u, d, dc);
}
