// All time steps, or a chunk of them, of the LSTM recurrence backwards in one launch: dh = dh_above + R·dz of the step after,
// then through the cell. A workgroup owns up to sixteen batch rows, a thread four units of all of them. The lanes of a
// subgroup, however many, read dz of the step after side by side and hand it on to each other. No dropout.

import package::lib::direction::{enterDirection, ownRow};
import package::lib::lstm::{Gates, CellGradient, placeOf};
import package::lib::lstm_backward::{params, recurrentKernel, c, c0, dh, dcLast, gates, dh0, dc0, batchRows, outerGradient, lastCellGradient, gateAt, backwardStep, storeStates, timeOf};

enable subgroups;

const MAX_QUADS = 4u;
const TILE = 4u;
// Of four rows each.
override QUADS: u32 = 4u;
override UNITS: u32 = 64u;
// Unit i of a thread is its own number and i times as many as there are threads.
override THREADS: u32 = 16u;
var<workgroup> dz: array<vec4f, 4u * QUADS * UNITS>;

@compute @workgroup_size(THREADS)
fn lstmSubgroupsGradient(
  @builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32, @builtin(subgroup_invocation_id) lane: u32,
) {
  enterDirection(workgroup.z);
  let first = (workgroup.x + workgroup.y * workgroups.x) * QUADS;
  let units = params.units;
  // Counted, because a subgroup need not be full.
  let lanes = subgroupAdd(1u);
  // Four rows of a unit: quad q's of unit i at i·QUADS + q.
  var cells: array<vec4f, TILE * MAX_QUADS>;
  for (var i = 0u; i < TILE; i++) {
    // Units past the last compute what that does and are not stored.
    let u = min(i * THREADS + thread, units - 1u);
    for (var q = 0u; q < QUADS; q++) { cells[i * QUADS + q] = lastCellGradient(batchRows(first + q), u); }
  }
  if (params.until < params.time) {
    for (var q = 0u; q < QUADS; q++) {
      let p = placeOf(batchRows(first + q), params.time, timeOf(params.until)) * 4u * units;
      for (var j = thread; j < 4u * units; j += THREADS) { dz[q * 4u * units + j] = gateAt(p + j); }
    }
  }
  let leavesState = params.keepDh0 == 1u && params.step == 0u;
  var d: array<vec4f, TILE * MAX_QUADS>;
  for (var after = params.until; ; after--) {
    workgroupBarrier();
    if (after < params.time && (after > params.step || leavesState)) {
      d = array<vec4f, TILE * MAX_QUADS>();
      for (var start = 0u; start < units; start += lanes) {
        // Four columns of R are a vector.
        let own = 4u * min(start + lane, units - 1u);
        var columns: array<mat4x4f, MAX_QUADS>;
        for (var q = 0u; q < QUADS; q++) {
          let p = q * 4u * units + own;
          columns[q] = mat4x4f(dz[p], dz[p + 1u], dz[p + 2u], dz[p + 3u]);
        }
        for (var l = 0u; l < min(lanes, units - start); l++) {
          var r: array<vec4f, TILE>;
          for (var i = 0u; i < TILE; i++) {
            r[i] = recurrentKernel[ownRow(min(i * THREADS + thread, units - 1u)) * units + start + l];
          }
          for (var q = 0u; q < QUADS; q++) {
            let z = mat4x4f(
              subgroupShuffle(columns[q][0], l), subgroupShuffle(columns[q][1], l),
              subgroupShuffle(columns[q][2], l), subgroupShuffle(columns[q][3], l),
            );
            for (var i = 0u; i < TILE; i++) { d[i * QUADS + q] += z * r[i]; }
          }
        }
      }
    }
    if (after == params.step) { break; }
    workgroupBarrier();
    let s = after - 1u;
    for (var i = 0u; i < TILE; i++) {
      let u = i * THREADS + thread;
      if (u < units) {
        for (var q = 0u; q < QUADS; q++) {
          let rows = batchRows(first + q);
          let at = i * QUADS + q;
          let g = backwardStep(first + q, rows, s, u, d[at] + outerGradient(rows, s, timeOf(s), u), cells[at]);
          cells[at] = g.c;
          let p = q * 4u * units + u;
          dz[p] = g.z.i;
          dz[p + units] = g.z.f;
          dz[p + 2u * units] = g.z.g;
          dz[p + 3u * units] = g.z.o;
        }
      }
    }
  }
  for (var i = 0u; i < TILE; i++) {
    let u = i * THREADS + thread;
    if (u < units) {
      for (var q = 0u; q < QUADS; q++) {
        storeStates(first + q, batchRows(first + q), u, d[i * QUADS + q], cells[i * QUADS + q]);
      }
    }
  }
}
