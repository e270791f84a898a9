// All time steps of a recurrence, or a chunk of them, in one launch: a workgroup owns four batch rows, a thread four units, so
// that a vector of weights serves sixteen products and a vector of states four for each gate and unit: for software adapters.
// Four divides the units, so that rows of R are whole vectors. No dropout.

import package::cell::{GATES, Gates, State, gatesOf, addGates, addWeighted};
import package::lib::direction::{enterDirection, directionRow};
import package::lib::index::workgroupIndex;
import package::lib::operand::Operand4;
import package::lib::recurrence::forward::{firstState, startGates, finishCell};
import package::lib::recurrence::memory::params;
import package::lib::recurrence::rows::{tilesOf, batchRows, timeOf};

@group(0) @binding(0) var<storage, read> recurrentKernel: array<Operand4>;

const TILE = 4u;
override THREADS: u32 = 64u;
var<workgroup> hidden: array<vec4f, 2u * TILE * THREADS>;

// A gate's weights of a thread's units in the row of unit k; gates past the cell's last repeat the last, and gatesOf ignores them.
fn gateWeights(row: u32, gate: u32) -> vec4f { return recurrentKernel[row + min(gate, GATES - 1u) * (params.units / TILE)]; }

@compute @workgroup_size(THREADS)
fn entry(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let tile = enterDirection(workgroupIndex(workgroup), tilesOf(1u));
  let units = params.units;
  let rows = batchRows(tile);
  let first = thread * TILE;
  var states: array<State, TILE>;
  workgroupBarrier();
  for (var i = 0u; i < TILE; i++) {
    states[i] = firstState(rows, first + i);
    hidden[first + i] = states[i].h;
  }
  var current = 0u;
  for (var s = params.start; s < params.until; s++) {
    workgroupBarrier();
    var z0 = Gates(); var z1 = Gates(); var z2 = Gates(); var z3 = Gates();
    for (var k = 0u; k < units; k++) {
      let before = hidden[current + k];
      let state = gatesOf(before, before, before, before);
      let row = directionRow(k) * GATES * (units / TILE) + thread;
      let r0 = gateWeights(row, 0u);
      let r1 = gateWeights(row, 1u);
      let r2 = gateWeights(row, 2u);
      let r3 = gateWeights(row, 3u);
      z0 = addWeighted(z0, vec4f(r0.x, r1.x, r2.x, r3.x), state);
      z1 = addWeighted(z1, vec4f(r0.y, r1.y, r2.y, r3.y), state);
      z2 = addWeighted(z2, vec4f(r0.z, r1.z, r2.z, r3.z), state);
      z3 = addWeighted(z3, vec4f(r0.w, r1.w, r2.w, r3.w), state);
    }
    current = units - current;
    var products = array<Gates, TILE>(z0, z1, z2, z3);
    for (var i = 0u; i < TILE; i++) {
      let u = first + i;
      let z = addGates(startGates(rows, timeOf(s), u), products[i]);
      states[i] = finishCell(tile, rows, s, u, z, states[i]);
      hidden[current + u] = states[i].h;
    }
  }
}
