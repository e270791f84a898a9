// All time steps of the LSTM recurrence backwards, or a chunk of them, in one launch, for up to 64 units: a workgroup owns
// four batch rows, a thread what one unit's row of R has for one gate, which it keeps in registers. Its part of R·dz meets
// the other gates' in workgroup memory; then a thread for each unit goes back through the cell.

import package::lib::direction::{enterDirection, ownRow};
import package::lib::lstm::{Gates, CellGradient, placeOf};
import package::lib::lstm_backward::{params, dropoutSeed, recurrentKernel, c, c0, dh, dcLast, gates, dh0, dc0, batchRows, outerGradient, lastCellGradient, gateAt, backwardStep, storeStates, timeOf};
import package::lib::recurrent_dropout::{DROPS, keptBits, maskOf};

const MAX_QUADS = 16u;
// Units, in vectors of four.
override QUADS: u32 = 16u;
override THREADS: u32 = 256u;
// Of the step after, by gate; 0 past the last unit.
var<workgroup> dz: array<vec4f, 16u * QUADS>;
var<workgroup> parts: array<vec4f, 16u * QUADS>;

fn keep(u: u32, z: Gates) {
  dz[u] = z.i;
  dz[4u * QUADS + u] = z.f;
  dz[8u * QUADS + u] = z.g;
  dz[12u * QUADS + u] = z.o;
}

@compute @workgroup_size(THREADS)
fn lstmRegistersGradient(
  @builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) thread: u32,
) {
  enterDirection(workgroup.z);
  let tile = workgroup.x + workgroup.y * workgroups.x;
  let units = params.units;
  let rows = batchRows(tile);
  let unit = thread % units;
  let gate = min(thread / units, 3u);
  let owned = thread < units;
  var weights: array<vec4f, MAX_QUADS>;
  for (var q = 0u; q < QUADS; q++) {
    for (var i = 0u; i < 4u; i++) {
      let j = gate * units + 4u * q + i;
      if (4u * q + i < units) { weights[q][i] = recurrentKernel[ownRow(unit) * units + j / 4u][j % 4u]; }
    }
  }
  var mask = vec4f(1.0);
  if (DROPS == 1u) { mask = maskOf(keptBits(rows, unit, units, params.recurrentRate, dropoutSeed()), gate, params.recurrentRate); }
  var dc = vec4f();
  if (owned) {
    dc = lastCellGradient(rows, thread);
    if (params.until < params.time) {
      let p = placeOf(rows, params.time, timeOf(params.until)) * 4u * units + thread;
      keep(thread, Gates(gateAt(p), gateAt(p + units), gateAt(p + 2u * units), gateAt(p + 3u * units)));
    }
  }
  let leavesState = params.keepDh0 == 1u && params.step == 0u;
  var d = vec4f();
  for (var after = params.until; ; after--) {
    workgroupBarrier();
    let isGiven = after < params.time && (after > params.step || leavesState);
    if (isGiven) {
      var part = vec4f();
      for (var q = 0u; q < QUADS; q++) {
        let k = gate * 4u * QUADS + 4u * q;
        part += mat4x4f(dz[k], dz[k + 1u], dz[k + 2u], dz[k + 3u]) * weights[q];
      }
      if (thread < 4u * units) { parts[thread] = part * mask; }
    }
    workgroupBarrier();
    if (owned && isGiven) {
      d = parts[thread] + parts[thread + units] + parts[thread + 2u * units] + parts[thread + 3u * units];
    }
    if (after == params.step) { break; }
    if (owned) {
      let s = after - 1u;
      let g = backwardStep(tile, rows, s, thread, d + outerGradient(rows, s, timeOf(s), thread), dc);
      dc = g.c;
      keep(thread, g.z);
    }
  }
  if (owned) { storeStates(tile, rows, thread, d, dc); }
}
