// All time steps, or a chunk of them, of a recurrence backward in one launch: dh = dh_above + R·dz of the time step
// processed after, then the cell's gradients. A workgroup owns up to sixteen batch rows, a thread four units of all of them. The
// lanes of a subgroup, however many, read neighbouring dz and shuffle them to each other. No dropout.

import package::cell::{GATES, gateOf, Carried, gradientOffsets, gradientAt};
import package::lib::direction::enterDirection;
import package::lib::index::workgroupIndex;
import package::lib::recurrence::backward::{rowVectors, weightsOf, outerGradient, firstCarried, firstHandedOn, handedOn, timestepGradient, leaveGradients};
import package::lib::recurrence::memory::{MASKED, params};
import package::lib::recurrence::rows::{offsetsOf, tilesOf, batchRows, timeOf};

enable subgroups;

const MAX_QUADS = 4u;
const TILE = 4u;
// Quads of batch rows, four each.
override QUADS: u32 = 4u;
override UNITS: u32 = 64u;
// Unit i of a thread is its own index plus i times the number of threads.
override THREADS: u32 = 16u;
// Column j of quad q's rows at 4·q·rowVectors() + j.
var<workgroup> dz: array<vec4f, QUADS * ((GATES * UNITS + 3u) / 4u * 4u)>;

@compute @workgroup_size(THREADS)
fn entry(
  @builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let first = QUADS * enterDirection(workgroupIndex(workgroup), tilesOf(QUADS));
  let units = params.units;
  let columns = 4u * rowVectors();
  // Lanes are counted, because a subgroup need not be full.
  let lanes = subgroupAdd(1u);
  // Four rows of a unit: quad q's of unit i at i·QUADS + q.
  var carried: array<Carried, TILE * MAX_QUADS>;
  var d: array<vec4f, TILE * MAX_QUADS>;
  for (var i = 0u; i < TILE; i++) {
    // Units past the last repeat it, and their results are not stored.
    let u = min(i * THREADS + thread, units - 1u);
    for (var q = 0u; q < QUADS; q++) {
      carried[i * QUADS + q] = firstCarried(batchRows(first + q), u);
      d[i * QUADS + q] = firstHandedOn(batchRows(first + q), u);
    }
  }
  workgroupBarrier();
  // The last vector of a row may end past it.
  for (var q = 0u; q < QUADS; q++) {
    for (var j = GATES * units + thread; j < columns; j += THREADS) { dz[q * columns + j] = vec4f(); }
  }
  if (params.until < params.time) {
    for (var q = 0u; q < QUADS; q++) {
      let p = gradientOffsets(offsetsOf(batchRows(first + q), timeOf(params.until)));
      for (var j = thread; j < GATES * units; j += THREADS) { dz[q * columns + j] = gradientAt(p, j); }
    }
  }
  let leavesState = params.storeDInitial == 1u && params.start == 0u;
  let turns = params.until - params.start + 1u;
  for (var turn = 0u; turn < turns; turn++) {
    let after = params.until - turn;
    workgroupBarrier();
    if (after < params.time && (after > params.start || leavesState)) {
      if (MASKED == 0u) { d = array<vec4f, TILE * MAX_QUADS>(); }
      for (var start = 0u; start < rowVectors(); start += lanes) {
        // Four columns of R are a vector.
        let own = 4u * min(start + lane, rowVectors() - 1u);
        var parts: array<mat4x4f, MAX_QUADS>;
        for (var q = 0u; q < QUADS; q++) {
          let p = q * columns + own;
          parts[q] = mat4x4f(dz[p], dz[p + 1u], dz[p + 2u], dz[p + 3u]);
        }
        for (var l = 0u; l < min(lanes, rowVectors() - start); l++) {
          var r: array<vec4f, TILE>;
          for (var i = 0u; i < TILE; i++) { r[i] = weightsOf(min(i * THREADS + thread, units - 1u), start + l); }
          for (var q = 0u; q < QUADS; q++) {
            let z = mat4x4f(
              subgroupShuffle(parts[q][0], l), subgroupShuffle(parts[q][1], l),
              subgroupShuffle(parts[q][2], l), subgroupShuffle(parts[q][3], l),
            );
            for (var i = 0u; i < TILE; i++) { d[i * QUADS + q] += z * r[i]; }
          }
        }
      }
    }
    if (after == params.start) { break; }
    workgroupBarrier();
    let s = after - 1u;
    for (var i = 0u; i < TILE; i++) {
      let u = i * THREADS + thread;
      if (u < units) {
        for (var q = 0u; q < QUADS; q++) {
          let at = i * QUADS + q;
          let rows = batchRows(first + q);
          let whole = d[at] + outerGradient(rows, s, u);
          let g = timestepGradient(first + q, rows, s, u, whole, carried[at]);
          if (MASKED == 1u) { d[at] = handedOn(rows, s, whole); }
          carried[at] = g.carried;
          for (var gate = 0u; gate < GATES; gate++) { dz[q * columns + gate * units + u] = gateOf(g.z, gate); }
        }
      }
    }
  }
  for (var i = 0u; i < TILE; i++) {
    let u = i * THREADS + thread;
    if (u < units) {
      for (var q = 0u; q < QUADS; q++) {
        leaveGradients(first + q, batchRows(first + q), u, d[i * QUADS + q], carried[i * QUADS + q], leavesState);
      }
    }
  }
}
