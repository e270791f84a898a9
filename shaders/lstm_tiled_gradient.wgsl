// All time steps, or a chunk of them, of the LSTM recurrence backwards in one launch: dh = dh_above + R·dz of the step after,
// then through the cell. A workgroup owns four batch rows, a thread four units of them; dz of the step after lies in
// workgroup memory, four rows a vector. A 4×4 register tile a thread: for software adapters.

import package::lib::direction::enterDirection;
import package::lib::lstm::{Gates, CellGradient, placeOf};
import package::lib::lstm_backward::{params, dropoutSeed, recurrentKernel, c, c0, dh, dcLast, gates, dh0, dc0, batchRows, outerGradient, lastCellGradient, gateAt, partOfRow, backwardStep, storeStates, timeOf};
import package::lib::recurrent_dropout::{DROPS, keptBits};

const TILE = 4u;
override THREADS: u32 = 64u;
var<workgroup> dz: array<vec4f, 4u * TILE * THREADS>;

// R·dz of four units.
fn recurrentGradient(own: vec4u, bits: vec4u) -> array<vec4f, TILE> {
  var s0 = vec4f(); var s1 = vec4f(); var s2 = vec4f(); var s3 = vec4f();
  for (var k = 0u; k < params.units; k++) {
    let z = mat4x4f(dz[4u * k], dz[4u * k + 1u], dz[4u * k + 2u], dz[4u * k + 3u]);
    s0 += partOfRow(own.x, k, z, bits.x);
    s1 += partOfRow(own.y, k, z, bits.y);
    s2 += partOfRow(own.z, k, z, bits.z);
    s3 += partOfRow(own.w, k, z, bits.w);
  }
  return array<vec4f, TILE>(s0, s1, s2, s3);
}

@compute @workgroup_size(THREADS)
fn lstmTiledGradient(
  @builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) thread: u32,
) {
  enterDirection(workgroup.z);
  let tile = workgroup.x + workgroup.y * workgroups.x;
  let units = params.units;
  let rows = batchRows(tile);
  // Units past the last compute what that does and are not stored.
  let own = min(thread * TILE + vec4u(0u, 1u, 2u, 3u), vec4u(units - 1u));
  var cells: array<vec4f, TILE>;
  var bits = vec4u();
  for (var i = 0u; i < TILE; i++) {
    cells[i] = lastCellGradient(rows, own[i]);
    if (DROPS == 1u) { bits[i] = keptBits(rows, own[i], units, params.recurrentRate, dropoutSeed()); }
  }
  if (params.until < params.time) {
    let p = placeOf(rows, params.time, timeOf(params.until)) * 4u * units;
    for (var j = thread; j < 4u * units; j += THREADS) { dz[j] = gateAt(p + j); }
  }
  let leavesState = params.keepDh0 == 1u && params.step == 0u;
  var d: array<vec4f, TILE>;
  for (var after = params.until; ; after--) {
    workgroupBarrier();
    if (after < params.time && (after > params.step || leavesState)) {
      d = recurrentGradient(own, bits);
    }
    if (after == params.step) { break; }
    workgroupBarrier();
    let s = after - 1u;
    for (var i = 0u; i < TILE; i++) {
      let u = thread * TILE + i;
      if (u < units) {
        let g = backwardStep(tile, rows, s, u, d[i] + outerGradient(rows, s, timeOf(s), u), cells[i]);
        cells[i] = g.c;
        dz[u] = g.z.i;
        dz[units + u] = g.z.f;
        dz[2u * units + u] = g.z.g;
        dz[3u * units + u] = g.z.o;
      }
    }
  }
  for (var i = 0u; i < TILE; i++) {
    let u = thread * TILE + i;
    if (u < units) { storeStates(tile, rows, u, d[i], cells[i]); }
  }
}
