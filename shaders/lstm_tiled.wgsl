// All time steps of the LSTM recurrence, or a chunk of them, in one launch: a workgroup owns four batch rows, a thread four
// units, so that a vector of weights serves sixteen products and a vector of states sixty-four: for software adapters. Four
// divides the units, so that all vectors of R are vectors of memory.

import package::lib::direction::{enterDirection, ownRow};
import package::lib::lstm::{Gates, CellState};
import package::lib::lstm_forward::{params, dropoutSeed, h0, c0, gates, h, c, hLast, cLast, batchRows, timeOf, firstState, inputGates, addGates, finishStep};
import package::lib::recurrent_dropout::{DROPS, keptBits, seenByGates};

@group(0) @binding(0) var<storage, read> recurrentKernel: array<vec4f>;

const TILE = 4u;
override THREADS: u32 = 64u;
var<workgroup> hidden: array<vec4f, 2u * TILE * THREADS>;
var<workgroup> kept: array<u32, TILE * THREADS>;

@compute @workgroup_size(THREADS)
fn lstmTiled(
  @builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) thread: u32,
) {
  enterDirection(workgroup.z);
  let tile = workgroup.x + workgroup.y * workgroups.x;
  let units = params.units;
  let rows = batchRows(tile);
  let first = thread * TILE;
  let tiles = units / TILE;
  var cells: array<vec4f, TILE>;
  for (var i = 0u; i < TILE; i++) {
    let u = first + i;
    let state = firstState(rows, u);
    cells[i] = state.c;
    hidden[u] = state.h;
    if (DROPS == 1u) { kept[u] = keptBits(rows, u, units, params.recurrentRate, dropoutSeed()); }
  }
  var current = 0u;
  for (var s = params.step; s < params.until; s++) {
    workgroupBarrier();
    var z0 = Gates(); var z1 = Gates(); var z2 = Gates(); var z3 = Gates();
    for (var k = 0u; k < units; k++) {
      let seen = seenByGates(hidden[current + k], kept[k], params.recurrentRate);
      let p = ownRow(k) * units + thread;
      let i = recurrentKernel[p];
      let f = recurrentKernel[p + tiles];
      let g = recurrentKernel[p + 2u * tiles];
      let o = recurrentKernel[p + 3u * tiles];
      z0.i += i.x * seen.i; z0.f += f.x * seen.f; z0.g += g.x * seen.g; z0.o += o.x * seen.o;
      z1.i += i.y * seen.i; z1.f += f.y * seen.f; z1.g += g.y * seen.g; z1.o += o.y * seen.o;
      z2.i += i.z * seen.i; z2.f += f.z * seen.f; z2.g += g.z * seen.g; z2.o += o.z * seen.o;
      z3.i += i.w * seen.i; z3.f += f.w * seen.f; z3.g += g.w * seen.g; z3.o += o.w * seen.o;
    }
    current = units - current;
    var products = array<Gates, TILE>(z0, z1, z2, z3);
    for (var i = 0u; i < TILE; i++) {
      let u = first + i;
      let z = inputGates(rows, timeOf(s), u);
      let state = finishStep(tile, rows, s, u, addGates(z, products[i]), cells[i]);
      cells[i] = state.c;
      hidden[current + u] = state.h;
    }
  }
}
