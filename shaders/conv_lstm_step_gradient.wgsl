// One step of the ConvLSTM recurrence backwards, fused with its convolution: dh is what the windows that see a position
// give back of dz. dc travels from launch to launch in dc0. recurrentKernel [KH, KW, F, 4F] as rows of F vectors

import package::lib::index::elementIndex;
import package::lib::lstm::{Gates, CellGradient, placeOf};
import package::lib::lstm_backward::{params, recurrentKernel, c, c0, dh, dcLast, gates, dh0, dc0, batchRows, outerGradient, lastCellGradient, backwardStep, storeStates, timeOf};
import package::lib::recurrent_convolution::{KERNEL_HEIGHT, KERNEL_WIDTH, seenBy};
import package::lib::recurrent_dropout::{DROPS, keptBits, maskOf};

// What all windows give back to filter u of four rows at time step t, through each gate's mask.
fn recurrentGradient(rows: vec4u, t: u32, u: u32) -> vec4f {
  let units = params.units;
  var bits = 0u;
  if (DROPS == 1u) { bits = keptBits(rows, u, units, params.recurrentRate, params.seed); }
  var sum = vec4f();
  for (var i = 0u; i < KERNEL_HEIGHT; i++) {
    for (var j = 0u; j < KERNEL_WIDTH; j++) {
      let windows = seenBy(rows, i, j);
      let p = placeOf(windows.rows, params.time, t) * 4u * units;
      let r = ((i * KERNEL_WIDTH + j) * units + u) * units;
      for (var gate = 0u; gate < 4u; gate++) {
        var part = vec4f();
        for (var k = gate * units; k < (gate + 1u) * units; k++) {
          let q = p + k;
          part += recurrentKernel[r + k / 4u][k % 4u] * vec4f(gates[q.x], gates[q.y], gates[q.z], gates[q.w]);
        }
        if (DROPS == 1u) { part *= maskOf(bits, gate, params.recurrentRate); }
        sum += windows.counts * part;
      }
    }
  }
  return sum;
}

@compute @workgroup_size(64)
fn convLstmStepGradient(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let units = params.units;
  let e = elementIndex(id, workgroups);
  let u = e % units;
  let tile = e / units;
  if (tile * 4u >= params.batch) { return; }
  let rows = batchRows(tile);
  let leavesState = params.step == params.time;
  let s = select(params.step, 0u, leavesState);
  var d = vec4f();
  var dc = vec4f();
  if (leavesState || s < params.time - 1u) {
    d = recurrentGradient(rows, timeOf(select(s + 1u, 0u, leavesState)), u);
    let q = rows * units + u;
    dc = vec4f(dc0[q.x], dc0[q.y], dc0[q.z], dc0[q.w]);
  } else {
    dc = lastCellGradient(rows, u);
  }
  if (!leavesState) {
    dc = backwardStep(tile, rows, s, u, d + outerGradient(rows, s, timeOf(s), u), dc).c;
  }
  storeStates(tile, rows, u, d, dc);
}
