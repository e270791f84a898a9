// All time steps of a recurrence, or a chunk of them, in one launch: a workgroup owns sixteen batch rows, a thread four units of
// all of them, so that a vector of weights serves sixty-four products. The lanes of a subgroup, however many, read neighbouring h
// and shuffle them to each other. Four divides the units, so that rows of R are whole vectors. No dropout.

import package::cell::{GATES, State, gatesOf, addGates};
import package::lib::direction::{enterDirection, directionRow};
import package::lib::index::workgroupIndex;
import package::lib::operand::Operand4;
import package::lib::recurrence::forward::{firstState, startGates, finishCell};
import package::lib::recurrence::memory::params;
import package::lib::recurrence::rows::{tilesOf, batchRows, timeOf};

enable subgroups;

@group(0) @binding(0) var<storage, read> recurrentKernel: array<Operand4>;

const TILE = 4u;
// Quads of batch rows, four each.
const QUADS = 4u;
override UNITS: u32 = 64u;
override THREADS: u32 = 16u;
var<workgroup> hidden: array<vec4f, QUADS * UNITS>;

// h·R of one gate: quad q's rows of unit i at i·QUADS + q. Zeros where the cell has no such gate.
fn gateProducts(gate: u32, thread: u32, lane: u32, lanes: u32) -> array<vec4f, TILE * QUADS> {
  var sums = array<vec4f, TILE * QUADS>();
  if (gate >= GATES) { return sums; }
  for (var start = 0u; start < THREADS; start += lanes) {
    let own = TILE * min(start + lane, THREADS - 1u);
    var before: array<mat4x4f, QUADS>;
    for (var q = 0u; q < QUADS; q++) {
      let p = q * UNITS + own;
      before[q] = mat4x4f(hidden[p], hidden[p + 1u], hidden[p + 2u], hidden[p + 3u]);
    }
    // A bound that compilers cannot know, so that they do not unroll the loop: on a software adapter its code would overflow the cache.
    for (var l = 0u; l < min(lanes, THREADS - start); l++) {
      let k = TILE * (start + l);
      let column = gate * THREADS + thread;
      let row = GATES * THREADS;
      let r = transpose(mat4x4f(
        recurrentKernel[directionRow(k) * row + column], recurrentKernel[directionRow(k + 1u) * row + column],
        recurrentKernel[directionRow(k + 2u) * row + column], recurrentKernel[directionRow(k + 3u) * row + column],
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
fn entry(
  @builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let first = QUADS * enterDirection(workgroupIndex(workgroup), tilesOf(QUADS));
  // Lanes are counted, because a subgroup need not be full.
  let lanes = subgroupAdd(1u);
  var states: array<State, TILE * QUADS>;
  workgroupBarrier();
  for (var i = 0u; i < TILE; i++) {
    for (var q = 0u; q < QUADS; q++) {
      let u = TILE * thread + i;
      let state = firstState(batchRows(first + q), u);
      states[i * QUADS + q] = state;
      hidden[q * UNITS + u] = state.h;
    }
  }
  for (var s = params.start; s < params.until; s++) {
    workgroupBarrier();
    let z0 = gateProducts(0u, thread, lane, lanes);
    let z1 = gateProducts(1u, thread, lane, lanes);
    let z2 = gateProducts(2u, thread, lane, lanes);
    let z3 = gateProducts(3u, thread, lane, lanes);
    workgroupBarrier();
    for (var i = 0u; i < TILE; i++) {
      for (var q = 0u; q < QUADS; q++) {
        let u = TILE * thread + i;
        let at = i * QUADS + q;
        let rows = batchRows(first + q);
        let z = addGates(startGates(rows, timeOf(s), u), gatesOf(z0[at], z1[at], z2[at], z3[at]));
        let state = finishCell(first + q, rows, s, u, z, states[at]);
        states[at] = state;
        hidden[q * UNITS + u] = state.h;
      }
    }
  }
}
