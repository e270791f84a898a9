// The LSTM recurrence backwards in one launch: dh = dh_above + R·dz of the step after, then through the cell.
// A workgroup owns four batch rows for all time; dz of the step after lies in workgroup memory, four rows a vector.

import package::lib::lstm::{Gates, CellGradient};
import package::lib::lstm_backward::{params, recurrentKernel, c, c0, dh, dcLast, gates, dh0, dc0, batchRows, outerGradient, lastCellGradient, backwardStep, storeStates, timeOf};
import package::lib::recurrent_dropout::{DROPS, keptBits, maskOf};

const MAX_UNITS = 256u;
override THREADS: u32 = 64u;
var<workgroup> dz: array<vec4f, 4u * MAX_UNITS>;

// R·dz of a unit; each gate's part of it goes back through the mask that the gate saw the unit through.
fn recurrentGradient(u: u32, bits: u32) -> vec4f {
  var sum = vec4f();
  if (DROPS == 1u) {
    for (var gate = 0u; gate < 4u; gate++) {
      var part = vec4f();
      for (var j = gate * params.units; j < (gate + 1u) * params.units; j++) {
        part += recurrentKernel[u * params.units + j / 4u][j % 4u] * dz[j];
      }
      sum += part * maskOf(bits, gate, params.recurrentRate);
    }
    return sum;
  }
  for (var k = 0u; k < params.units; k++) {
    let r = recurrentKernel[u * params.units + k];
    sum += r.x * dz[4u * k] + r.y * dz[4u * k + 1u] + r.z * dz[4u * k + 2u] + r.w * dz[4u * k + 3u];
  }
  return sum;
}

@compute @workgroup_size(THREADS)
fn lstmSequenceGradient(
  @builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) u: u32,
) {
  let tile = workgroup.x + workgroup.y * workgroups.x;
  let units = params.units;
  let rows = batchRows(tile);
  let owned = u < units;
  var d = vec4f();
  var dc = vec4f();
  var bits = 0u;
  if (owned) {
    dc = lastCellGradient(rows, u);
    if (DROPS == 1u) { bits = keptBits(rows, u, units, params.recurrentRate, params.seed); }
  }
  for (var n = 0u; n < params.time; n++) {
    let s = params.time - 1u - n;
    if (owned && n > 0u) { d = recurrentGradient(u, bits); }
    workgroupBarrier();
    if (owned) {
      let g = backwardStep(tile, rows, s, u, d + outerGradient(rows, s, timeOf(s), u), dc);
      dc = g.c;
      dz[u] = g.z.i;
      dz[units + u] = g.z.f;
      dz[2u * units + u] = g.z.g;
      dz[3u * units + u] = g.z.o;
    }
    workgroupBarrier();
  }
  if (owned) {
    if (params.keepDh0 == 1u) { d = recurrentGradient(u, bits); }
    storeStates(tile, rows, u, d, dc);
  }
}
