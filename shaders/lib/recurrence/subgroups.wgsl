// h·R forward where a workgroup owns sixteen batch rows and a thread four units of all of them, so that a vector of weights serves
// sixty-four products. The lanes of a subgroup, however many, read neighbouring states and shuffle them to each other. Four divides
// the units, so that rows of R are whole vectors.

import package::cell::GATES;
import package::lib::direction::directionRow;
import package::lib::operand::Operand4;

@group(0) @binding(0) var<storage, read> recurrentKernel: array<Operand4>;

const TILE = 4u;
// Quads of batch rows, four each.
const QUADS = 4u;
override UNITS: u32 = 64u;
override THREADS: u32 = 16u;
// What R multiplies: quad q's rows of unit u at q·UNITS + u.
var<workgroup> hidden: array<vec4f, QUADS * UNITS>;

// hidden·R of one gate: quad q's rows of unit i at i·QUADS + q. Zeros where the cell has no such gate.
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
