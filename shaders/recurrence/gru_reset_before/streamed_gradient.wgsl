// All time steps of a GRU with the reset gate before the product backward, or a chunk of them, in one launch: a workgroup owns
// four batch rows, a thread one unit, whose row of R it reads along, in vectors. The gradients that go through R lie in workgroup
// memory; the candidate's go through R before that of r is known.

import package::cell::{UPDATE, RESET, CANDIDATE, firstGradients, secondGradients, storeAt};
import package::lib::direction::enterDirection;
import package::lib::index::workgroupIndex;
import package::lib::recurrence::backward::{weightAt, weightsOf, outerGradient, leftGradient, storeGradient};
import package::lib::recurrence::memory::{params, stateOffsets, gateOffsets, gateAt};
import package::lib::recurrence::rows::{offsetsOf, tilesOf, batchRows, timeOf, dropoutSeed};
import package::lib::recurrent_dropout::{DROPS, maskBits, maskOf};

override THREADS: u32 = 64u;
// dz and dr of the time step processed after, and dc of the one under way, each gate's units together.
var<workgroup> gradients: array<vec4f, 3u * THREADS>;

// Row u of a gate's block of R times the gradients of the gate.
fn through(u: u32, gate: u32) -> vec4f {
  let units = params.units;
  let first = gate * THREADS;
  var sum = vec4f();
  if (units % 4u == 0u) {
    for (var k = 0u; k < units / 4u; k++) {
      let p = first + 4u * k;
      sum += mat4x4f(gradients[p], gradients[p + 1u], gradients[p + 2u], gradients[p + 3u]) * weightsOf(u, gate * (units / 4u) + k);
    }
    return sum;
  }
  for (var j = 0u; j < units; j++) { sum += weightAt(u, gate * units + j) * gradients[first + j]; }
  return sum;
}

fn masked(d: vec4f, bits: u32, gate: u32) -> vec4f {
  if (DROPS == 0u) { return d; }
  return d * maskOf(bits, gate, params.recurrentRate);
}

@compute @workgroup_size(THREADS)
fn entry(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) u: u32) {
  let tile = enterDirection(workgroupIndex(workgroup), tilesOf(1u));
  let units = params.units;
  let rows = batchRows(tile);
  let isOwner = u < units;
  let p = stateOffsets(rows, u);
  var bits = 0u;
  if (DROPS == 1u) { bits = maskBits(rows, min(u, units - 1u), units, params.recurrentRate, dropoutSeed()); }
  var carried = vec4f();
  workgroupBarrier();
  if (isOwner && params.until < params.time) {
    carried = leftGradient(p, 0u);
    let offsets = offsetsOf(rows, timeOf(params.until));
    gradients[UPDATE * THREADS + u] = gateAt(gateOffsets(offsets, UPDATE, u));
    gradients[RESET * THREADS + u] = gateAt(gateOffsets(offsets, RESET, u));
  }
  let leavesState = params.storeDInitial == 1u && params.start == 0u;
  var d = vec4f();
  let turns = params.until - params.start + 1u;
  for (var turn = 0u; turn < turns; turn++) {
    let after = params.until - turn;
    workgroupBarrier();
    if (isOwner && after < params.time && (after > params.start || leavesState)) {
      d = masked(through(u, UPDATE), bits, UPDATE) + masked(through(u, RESET), bits, RESET);
    }
    if (after == params.start) { break; }
    let s = after - 1u;
    var dz = vec4f();
    if (isOwner) {
      let first = firstGradients(rows, s, u, d + carried + outerGradient(rows, s, u));
      carried = first.carried;
      dz = first.z;
      gradients[CANDIDATE * THREADS + u] = first.c;
      storeAt(tile, rows, s, UPDATE, u, first.z);
      storeAt(tile, rows, s, CANDIDATE, u, first.c);
    }
    workgroupBarrier();
    if (isOwner) {
      let second = secondGradients(rows, s, u, masked(through(u, CANDIDATE), bits, CANDIDATE));
      carried += second.carried;
      storeAt(tile, rows, s, RESET, u, second.r);
      gradients[UPDATE * THREADS + u] = dz;
      gradients[RESET * THREADS + u] = second.r;
    }
  }
  if (isOwner) { storeGradient(tile, p, 0u, select(carried, d + carried, leavesState)); }
}
