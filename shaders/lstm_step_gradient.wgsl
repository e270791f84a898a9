// One step of the LSTM recurrence backwards, fused with its product R·dz. dc travels from launch to launch in dc0.

import package::lib::index::elementIndex;
import package::lib::lstm::{Gates, CellGradient, placeOf};
import package::lib::lstm_backward::{params, recurrentKernel, c, c0, dh, dcLast, gates, dh0, dc0, batchRows, outerGradient, lastCellGradient, backwardStep, storeStates, timeOf};
import package::lib::recurrent_dropout::{DROPS, keptBits, maskOf};

// R·dz of a unit, dz from `p` on; each gate's part of it goes back through the mask that the gate saw the unit through.
fn recurrentGradient(rows: vec4u, p: vec4u, u: u32) -> vec4f {
  let units = params.units;
  var sum = vec4f();
  if (DROPS == 1u) {
    let bits = keptBits(rows, u, units, params.recurrentRate, params.seed);
    for (var gate = 0u; gate < 4u; gate++) {
      var part = vec4f();
      for (var j = gate * units; j < (gate + 1u) * units; j++) {
        part += recurrentKernel[u * units + j / 4u][j % 4u] * nextGradient(p + j);
      }
      sum += part * maskOf(bits, gate, params.recurrentRate);
    }
    return sum;
  }
  for (var k = 0u; k < units; k++) {
    let r = recurrentKernel[u * units + k];
    let q = p + 4u * k;
    sum += r.x * nextGradient(q) + r.y * nextGradient(q + 1u) + r.z * nextGradient(q + 2u) + r.w * nextGradient(q + 3u);
  }
  return sum;
}

fn nextGradient(q: vec4u) -> vec4f { return vec4f(gates[q.x], gates[q.y], gates[q.z], gates[q.w]); }

@compute @workgroup_size(64)
fn lstmStepGradient(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let units = params.units;
  let i = elementIndex(id, workgroups);
  let u = i % units;
  let tile = i / units;
  if (tile * 4u >= params.batch) { return; }
  let rows = batchRows(tile);
  let leavesState = params.step == params.time;
  let s = select(params.step, 0u, leavesState);
  var d = vec4f();
  var dc = vec4f();
  if (leavesState || s < params.time - 1u) {
    let next = select(s + 1u, 0u, leavesState);
    let p = placeOf(rows, params.time, timeOf(next)) * 4u * units;
    d = recurrentGradient(rows, p, u);
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
