// All time steps of a GRU with the reset gate before the product backward, or a chunk of them, in one launch, for few units: a
// workgroup owns four batch rows, a thread one gate's weights of one unit's row of R, which it keeps in registers. The candidate's
// threads own the units: what comes through z and r they are handed in workgroup memory. No dropout.

import package::cell::{GATES, UPDATE, RESET, CANDIDATE, firstGradients, secondGradients, storeAt};
import package::lib::direction::enterDirection;
import package::lib::index::workgroupIndex;
import package::lib::recurrence::backward::{weightAt, outerGradient, leftGradient, storeGradient};
import package::lib::recurrence::memory::{params, stateOffsets, gateOffsets, gateAt};
import package::lib::recurrence::rows::{offsetsOf, tilesOf, batchRows, timeOf};

const MAX_QUADS = 16u;
// Units divided by four, rounded up.
override QUADS: u32 = 16u;
override THREADS: u32 = 192u;
// dz and dr of the time step processed after, and dc of the one under way, by gate; 0 past the last unit.
var<workgroup> gradients: array<vec4f, GATES * 4u * QUADS>;
// What goes through z and r.
var<workgroup> parts: array<vec4f, CANDIDATE * 4u * QUADS>;

@compute @workgroup_size(THREADS)
fn entry(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let tile = enterDirection(workgroupIndex(workgroup), tilesOf(1u));
  let units = params.units;
  let rows = batchRows(tile);
  let gate = thread / units;
  let u = thread % units;
  let isOwner = gate == CANDIDATE;
  let place = gate * 4u * QUADS;
  let p = stateOffsets(rows, u);
  var weights: array<vec4f, MAX_QUADS>;
  for (var q = 0u; q < QUADS; q++) {
    for (var i = 0u; i < 4u; i++) {
      if (4u * q + i < units) { weights[q][i] = weightAt(u, gate * units + 4u * q + i); }
    }
  }
  var carried = vec4f();
  workgroupBarrier();
  for (var j = units + thread; j < 4u * QUADS; j += THREADS) {
    for (var other = 0u; other < GATES; other++) { gradients[other * 4u * QUADS + j] = vec4f(); }
  }
  if (params.until < params.time) {
    if (isOwner) { carried = leftGradient(p, 0u); }
    if (gate < CANDIDATE) { gradients[place + u] = gateAt(gateOffsets(offsetsOf(rows, timeOf(params.until)), gate, u)); }
  }
  let leavesState = params.storeDInitial == 1u && params.start == 0u;
  var d = vec4f();
  let turns = params.until - params.start + 1u;
  for (var turn = 0u; turn < turns; turn++) {
    let after = params.until - turn;
    let isGiven = after < params.time && (after > params.start || leavesState);
    workgroupBarrier();
    if (gate < CANDIDATE && isGiven) {
      var part = vec4f();
      for (var q = 0u; q < QUADS; q++) {
        let k = place + 4u * q;
        part += mat4x4f(gradients[k], gradients[k + 1u], gradients[k + 2u], gradients[k + 3u]) * weights[q];
      }
      parts[place + u] = part;
    }
    workgroupBarrier();
    if (isOwner && isGiven) { d = parts[u] + parts[4u * QUADS + u]; }
    if (after == params.start) { break; }
    let s = after - 1u;
    var dz = vec4f();
    if (isOwner) {
      let first = firstGradients(rows, s, u, d + carried + outerGradient(rows, s, u));
      carried = first.carried;
      dz = first.z;
      gradients[place + u] = first.c;
      storeAt(tile, rows, s, UPDATE, u, first.z);
      storeAt(tile, rows, s, CANDIDATE, u, first.c);
    }
    workgroupBarrier();
    if (isOwner) {
      var through = vec4f();
      for (var q = 0u; q < QUADS; q++) {
        let k = place + 4u * q;
        through += mat4x4f(gradients[k], gradients[k + 1u], gradients[k + 2u], gradients[k + 3u]) * weights[q];
      }
      let second = secondGradients(rows, s, u, through);
      carried += second.carried;
      storeAt(tile, rows, s, RESET, u, second.r);
      gradients[u] = dz;
      gradients[4u * QUADS + u] = second.r;
    }
  }
  if (isOwner) { storeGradient(tile, p, 0u, select(carried, d + carried, leavesState)); }
}
