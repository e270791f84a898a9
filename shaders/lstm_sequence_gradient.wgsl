// All time steps of the LSTM recurrence backwards, or a chunk of them, in one launch: a workgroup owns four batch rows.
// Eight threads share a unit's row of R, read along the row, so that neighbouring threads read neighbouring places without
// a transposed copy; a thread has up to eight units, 32 apart, which share the dz that it reads. Their parts of R·dz are
// summed in workgroup memory, then a thread for each unit goes back through the cell.

import package::lib::direction::enterDirection;
import package::lib::lstm::{Gates, CellGradient, placeOf};
import package::lib::lstm_backward::{params, dropoutSeed, recurrentKernel, c, c0, dh, dcLast, gates, dh0, dc0, batchRows, outerGradient, lastCellGradient, gateAt, partOfRow, backwardStep, storeStates, timeOf};
import package::lib::recurrent_dropout::{DROPS, keptBits, maskOf};

const LANES = 8u;
const ROWS = 32u;
const THREADS = 256u;
const MAX_TILE = 8u;
// Units of a thread.
override TILE: u32 = 8u;
// dz of the step after; while parts are summed, those of four units a thread.
var<workgroup> dz: array<vec4f, THREADS * min(TILE, 4u)>;

@compute @workgroup_size(THREADS)
fn lstmSequenceGradient(
  @builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) thread: u32,
) {
  enterDirection(workgroup.z);
  let tile = workgroup.x + workgroup.y * workgroups.x;
  let units = params.units;
  let rows = batchRows(tile);
  let owned = thread < units;
  let lane = thread % LANES;
  let row = thread / LANES;
  var bits: array<u32, MAX_TILE>;
  if (DROPS == 1u) {
    for (var i = 0u; i < TILE; i++) {
      bits[i] = keptBits(rows, min(i * ROWS + row, units - 1u), units, params.recurrentRate, dropoutSeed());
    }
  }
  var dc = vec4f();
  if (owned) { dc = lastCellGradient(rows, thread); }
  if (params.until < params.time) {
    let p = placeOf(rows, params.time, timeOf(params.until)) * 4u * units;
    for (var j = thread; j < 4u * units; j += THREADS) { dz[j] = gateAt(p + j); }
  }
  let leavesState = params.keepDh0 == 1u && params.step == 0u;
  var d = vec4f();
  for (var after = params.until; ; after--) {
    workgroupBarrier();
    if (after < params.time && (after > params.step || leavesState)) {
      // Set to zero by hand: Dawn does so only once where a loop declares an array.
      var parts = array<vec4f, MAX_TILE>();
      for (var k = lane; k < units; k += LANES) {
        let z = mat4x4f(dz[4u * k], dz[4u * k + 1u], dz[4u * k + 2u], dz[4u * k + 3u]);
        for (var i = 0u; i < TILE; i++) {
          let unit = min(i * ROWS + row, units - 1u);
          parts[i] += partOfRow(unit, k, z, bits[i]);
        }
      }
      for (var i = 0u; i < TILE; i += 4u) {
        workgroupBarrier();
        for (var n = 0u; n < min(4u, TILE - i); n++) { dz[n * THREADS + thread] = parts[i + n]; }
        workgroupBarrier();
        if (thread / (4u * ROWS) == i / 4u) {
          d = vec4f();
          for (var n = 0u; n < LANES; n++) { d += dz[thread % (4u * ROWS) * LANES + n]; }
        }
      }
    }
    if (after == params.step) { break; }
    workgroupBarrier();
    if (owned) {
      let s = after - 1u;
      let g = backwardStep(tile, rows, s, thread, d + outerGradient(rows, s, timeOf(s), thread), dc);
      dc = g.c;
      dz[thread] = g.z.i;
      dz[units + thread] = g.z.f;
      dz[2u * units + thread] = g.z.g;
      dz[3u * units + thread] = g.z.o;
    }
  }
  if (owned) { storeStates(tile, rows, thread, d, dc); }
}
