// One step of the LSTM recurrence, its product h·R fused with the cell, for any number of units: a workgroup owns 16 units of
// up to 16 batch rows, a thread one unit of four rows. States before are staged in workgroup memory; threads take turns along
// k, so that a small batch fills a workgroup too, and add up their sums.

import package::lib::direction::enterDirection;
import package::lib::lstm::{Gates, CellState};
import package::lib::lstm_forward::{params, dropoutSeed, recurrentKernel, h0, c0, gates, h, c, hLast, cLast, batchRows, timeOf, inputGates, hiddenBefore, cellBefore, placesBefore, addProduct, addGates, finishStep};
import package::lib::recurrent_dropout::{DROPS, keptBits, seenByGates};

const UNITS = 16u;
const THREADS = 256u;
// Vectors of four rows of a workgroup: 1, 2 or 4.
override QUADS: u32 = 4u;
var<workgroup> staged: array<vec4f, THREADS>;
var<workgroup> kept: array<u32, THREADS>;

// The sum of all threads' parts for one unit of four rows, for the threads of the first turn; all must come here.
fn overTurns(thread: u32, part: vec4f) -> vec4f {
  workgroupBarrier();
  staged[thread] = part;
  workgroupBarrier();
  var sum = vec4f();
  for (var e = thread; e < THREADS; e += UNITS * QUADS) { sum += staged[e]; }
  return sum;
}

@compute @workgroup_size(THREADS)
fn lstmFused(
  @builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) thread: u32,
) {
  enterDirection(workgroup.z);
  let units = params.units;
  let index = workgroup.x + workgroup.y * workgroups.x;
  let across = (units + UNITS - 1u) / UNITS;
  let first = index / across * QUADS;
  let u = index % across * UNITS + thread % UNITS;
  let quad = thread / UNITS % QUADS;
  let s = params.step;
  var z = Gates();
  if (s > 0u || params.hasState == 1u) {
    let depth = THREADS / QUADS;
    for (var start = 0u; start < units; start += depth) {
      let end = min(depth, units - start);
      workgroupBarrier();
      let own = thread % depth;
      if (own < end) {
        let rows = batchRows(first + thread / depth);
        let place = own * QUADS + thread / depth;
        staged[place] = hiddenBefore(placesBefore(rows, s), s, start + own);
        if (DROPS == 1u) { kept[place] = keptBits(rows, start + own, units, params.recurrentRate, dropoutSeed()); }
      }
      workgroupBarrier();
      for (var k = thread / (UNITS * QUADS); k < end; k += THREADS / (UNITS * QUADS)) {
        let place = k * QUADS + quad;
        let seen = seenByGates(staged[place], kept[place], params.recurrentRate);
        z = addProduct(z, seen, start + k, min(u, units - 1u));
      }
    }
  }
  let sum = Gates(overTurns(thread, z.i), overTurns(thread, z.f), overTurns(thread, z.g), overTurns(thread, z.o));
  if (thread < UNITS * QUADS && u < units) {
    let rows = batchRows(first + quad);
    let total = addGates(inputGates(rows, timeOf(s), u), sum);
    finishStep(first + quad, rows, s, u, total, cellBefore(placesBefore(rows, s), s, u));
  }
}
