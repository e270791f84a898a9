// All time steps of a recurrence backwards, or a chunk of them, in one launch: a workgroup owns four batch rows. Eight threads
// share a unit's row of R, read along the row, so that neighbouring threads read neighbouring numbers without a transposed copy;
// a thread has up to eight units, 32 apart, which share the dz that it reads. The threads' parts of R·dz are summed in workgroup
// memory; then a thread for each unit computes the cell's gradients.

import package::cell::{GATES, Gates, gateOf, Carried, backwardStep, gradientPlaces, gradientAt, storeGradients};
import package::lib::direction::enterDirection;
import package::lib::index::workgroupIndex;
import package::lib::recurrence::backward::{rowVectors, weightsOf, outerGradient, firstCarried};
import package::lib::recurrence::memory::{params, statePlaces};
import package::lib::recurrence::rows::{placeOf, tilesOf, batchRows, timeOf, dropoutSeed};
import package::lib::recurrent_dropout::{DROPS, maskBits, maskOf};

const LANES = 8u;
const ROWS = 32u;
const THREADS = 256u;
const MAX_TILE = 8u;
// Units of a thread.
override TILE: u32 = 8u;
// dz of the time step processed after; during the summation, the parts of four units a thread.
var<workgroup> dz: array<vec4f, THREADS * min(TILE, 4u)>;

// The part of R·dz from columns 4k to 4k + 3 of a unit's row of R; `z` is dz of these columns. Each gate's part is multiplied by
// the mask that the gate saw the unit through.
fn partOfRow(unit: u32, k: u32, z: mat4x4f, bits: u32) -> vec4f {
  let r = weightsOf(unit, k);
  if (DROPS == 0u) { return z * r; }
  var sum = vec4f();
  for (var i = 0u; i < 4u; i++) {
    sum += r[i] * z[i] * maskOf(bits, (4u * k + i) / params.units, params.recurrentRate);
  }
  return sum;
}

// Adds partOfRow of each of a thread's units to `parts`.
fn addParts(
  parts: ptr<function, array<vec4f, MAX_TILE>>, k: u32, row: u32, bits: ptr<function, array<u32, MAX_TILE>>,
) {
  let z = mat4x4f(dz[4u * k], dz[4u * k + 1u], dz[4u * k + 2u], dz[4u * k + 3u]);
  for (var i = 0u; i < TILE; i++) {
    let unit = min(i * ROWS + row, params.units - 1u);
    parts[i] += partOfRow(unit, k, z, bits[i]);
  }
}

fn exchangeGates(u: u32, z: Gates) {
  for (var gate = 0u; gate < GATES; gate++) { dz[gate * params.units + u] = gateOf(z, gate); }
}

@compute @workgroup_size(THREADS)
fn entry(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let tile = enterDirection(workgroupIndex(workgroup), tilesOf(1u));
  let units = params.units;
  let rows = batchRows(tile);
  let owned = thread < units;
  let lane = thread % LANES;
  let row = thread / LANES;
  var bits: array<u32, MAX_TILE>;
  if (DROPS == 1u) {
    for (var i = 0u; i < TILE; i++) {
      bits[i] = maskBits(rows, min(i * ROWS + row, units - 1u), units, params.recurrentRate, dropoutSeed());
    }
  }
  var carried = Carried();
  if (owned) { carried = firstCarried(rows, thread); }
  workgroupBarrier();
  if (params.until < params.time) {
    let p = gradientPlaces(placeOf(rows, timeOf(params.until)));
    for (var j = thread; j < GATES * units; j += THREADS) { dz[j] = gradientAt(p, j); }
  }
  let leavesState = params.storeDInitial == 1u && params.step == 0u;
  var d = vec4f();
  let turns = params.until - params.step + 1u;
  for (var turn = 0u; turn < turns; turn++) {
    let after = params.until - turn;
    // The last vector of a row may end past it.
    if (GATES < 4u && thread < 3u) { dz[GATES * units + thread] = vec4f(); }
    workgroupBarrier();
    if (after < params.time && (after > params.step || leavesState)) {
      // Set to zero by hand, because Dawn clears an array that a loop declares only once.
      var parts = array<vec4f, MAX_TILE>();
      // Two vectors at a time, so that a GPU requests the weights of both before it waits for one.
      var k = lane;
      for (; k + LANES < rowVectors(); k += 2u * LANES) {
        for (var n = 0u; n < 2u; n++) { addParts(&parts, k + n * LANES, row, &bits); }
      }
      for (; k < rowVectors(); k += LANES) { addParts(&parts, k, row, &bits); }
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
      let g = backwardStep(tile, rows, s, thread, d + outerGradient(rows, s, thread), carried);
      carried = g.carried;
      exchangeGates(thread, g.z);
    }
  }
  if (owned) { storeGradients(tile, statePlaces(rows, thread), d, carried, leavesState); }
}
