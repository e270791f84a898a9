// Counts of pairs of classes: totals[target][prediction] += weight, for each of `size` entries. predictions, targets [size] are
// class indices, of which what lies behind the comma does not count; an entry with one that is none of `classes`, or whose target is
// `ignored`, counts for no pair. A weight, 1 where there are none, is for `group` entries. Sums over many training steps are exact.
//
// A thread owns a pair. A workgroup reads the entries in blocks, from which each of its threads takes those of its pair in order, so
// that the same values give the same bits.

import package::lib::exact_sum::{WORDS, addExactly};
import package::lib::index::workgroupIndex;
import package::lib::nan::isNan;
import package::lib::step::step;

struct Params { size: u32, classes: u32, rows: u32, hasWeights: u32, group: u32, ignored: i32 }
@group(0) @binding(0) var<storage, read> predictions: array<f32>;
@group(0) @binding(1) var<storage, read> targets: array<f32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> totals: array<u32>;
@group(0) @binding(4) var<uniform> params: Params;

const THREADS = 256u;
const NO_PAIR = 0xffffffffu;
var<workgroup> pairs: array<u32, THREADS>;
var<workgroup> pairWeights: array<f32, THREADS>;

fn isClass(x: f32) -> bool {
  return !isNan(x) && x > -1.0 && x < f32(params.classes);
}

@compute @workgroup_size(256)
fn classPairs(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let pair = workgroupIndex(workgroup) * THREADS + thread;
  var sum = 0.0;
  for (var start = 0u; start < params.size; start += THREADS) {
    workgroupBarrier();
    let i = start + thread;
    pairs[thread] = NO_PAIR;
    if (i < params.size) {
      if (isClass(predictions[i]) && isClass(targets[i]) && i32(targets[i]) != params.ignored) {
        pairs[thread] = u32(i32(targets[i])) * params.classes + u32(i32(predictions[i]));
      }
      var weight = 1.0;
      if (params.hasWeights == 1u) { weight = weights[i / params.group]; }
      pairWeights[thread] = weight;
    }
    workgroupBarrier();
    for (var k = 0u; k < THREADS; k++) {
      if (pairs[k] == pair) { sum += pairWeights[k]; }
    }
  }
  if (pair < params.classes * params.classes) {
    let first = pair * WORDS;
    var words: array<u32, WORDS>;
    if (step.reset == 0u) {
      for (var k = 0u; k < WORDS; k++) { words[k] = totals[first + k]; }
    }
    addExactly(&words, bitcast<u32>(sum), params.rows);
    for (var k = 0u; k < WORDS; k++) { totals[first + k] = words[k]; }
  }
}
