// All time steps of the LSTM recurrence, or a chunk of them, in one launch: a workgroup owns sixteen batch rows, a thread four
// units of all of them, so that a vector of weights serves sixty-four products. The lanes of a subgroup, however many, read h
// side by side and hand it on to each other. Four divides the units, so that all vectors of R are vectors of memory. No
// dropout.

import package::lib::direction::{enterDirection, ownRow};
import package::lib::lstm::{Gates, CellState};
import package::lib::lstm_forward::{params, h0, c0, gates, h, c, hLast, cLast, batchRows, timeOf, firstState, inputGates, addGates, finishStep};

enable subgroups;

@group(0) @binding(0) var<storage, read> recurrentKernel: array<vec4f>;

const TILE = 4u;
// Of four rows each.
const QUADS = 4u;
override UNITS: u32 = 64u;
override THREADS: u32 = 16u;
var<workgroup> hidden: array<vec4f, QUADS * UNITS>;

// h·R of one gate: quad q's rows of unit i at i·QUADS + q.
fn gateProducts(gate: u32, thread: u32, lane: u32, lanes: u32) -> array<vec4f, TILE * QUADS> {
  var sums = array<vec4f, TILE * QUADS>();
  for (var start = 0u; start < THREADS; start += lanes) {
    let own = TILE * min(start + lane, THREADS - 1u);
    var before: array<mat4x4f, QUADS>;
    for (var q = 0u; q < QUADS; q++) {
      let p = q * UNITS + own;
      before[q] = mat4x4f(hidden[p], hidden[p + 1u], hidden[p + 2u], hidden[p + 3u]);
    }
    // A loop that compilers cannot unroll: on a software adapter the code of many steps would not fit in its cache.
    for (var l = 0u; l < min(lanes, THREADS - start); l++) {
      let k = TILE * (start + l);
      let column = gate * THREADS + thread;
      let r = transpose(mat4x4f(
        recurrentKernel[ownRow(k) * UNITS + column], recurrentKernel[ownRow(k + 1u) * UNITS + column],
        recurrentKernel[ownRow(k + 2u) * UNITS + column], recurrentKernel[ownRow(k + 3u) * UNITS + column],
      ));
      for (var q = 0u; q < QUADS; q++) {
        let state = mat4x4f(
          subgroupShuffle(before[q][0], l), subgroupShuffle(before[q][1], l),
          subgroupShuffle(before[q][2], l), subgroupShuffle(before[q][3], l),
        );
        for (var i = 0u; i < TILE; i++) { sums[i * QUADS + q] += state * r[i]; }
      }
    }
  }
  return sums;
}

@compute @workgroup_size(THREADS)
fn lstmSubgroups(
  @builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32, @builtin(subgroup_invocation_id) lane: u32,
) {
  enterDirection(workgroup.z);
  let first = (workgroup.x + workgroup.y * workgroups.x) * QUADS;
  // Counted, because a subgroup need not be full.
  let lanes = subgroupAdd(1u);
  var cells: array<vec4f, TILE * QUADS>;
  for (var i = 0u; i < TILE; i++) {
    for (var q = 0u; q < QUADS; q++) {
      let u = TILE * thread + i;
      let state = firstState(batchRows(first + q), u);
      cells[i * QUADS + q] = state.c;
      hidden[q * UNITS + u] = state.h;
    }
  }
  for (var s = params.step; s < params.until; s++) {
    workgroupBarrier();
    let zi = gateProducts(0u, thread, lane, lanes);
    let zf = gateProducts(1u, thread, lane, lanes);
    let zg = gateProducts(2u, thread, lane, lanes);
    let zo = gateProducts(3u, thread, lane, lanes);
    workgroupBarrier();
    for (var i = 0u; i < TILE; i++) {
      for (var q = 0u; q < QUADS; q++) {
        let u = TILE * thread + i;
        let at = i * QUADS + q;
        let rows = batchRows(first + q);
        let z = addGates(inputGates(rows, timeOf(s), u), Gates(zi[at], zf[at], zg[at], zo[at]));
        let state = finishStep(first + q, rows, s, u, z, cells[at]);
        cells[at] = state.c;
        hidden[q * UNITS + u] = state.h;
      }
    }
  }
}
