// Counts of predictions on either side of thresholds: totals[threshold][label] += (true positives, false positives, true negatives,
// false negatives), each entry counting its weight. A prediction is positive above the threshold, a target unless it is 0.
// predictions, targets [size]; a weight, 1 where there are none, is for `group` entries. With `labels` above 1 an entry counts for
// the label at its place in its row alone. Sums over many training steps are exact.
//
// With topK a prediction is positive only if it is one of the topK largest of its row of `classes`, of equal ones the first; with a
// classId that is not −1 entries of other classes do not count.
//
// Thresholds that lie evenly from 0 to 1 are `intervals` + 1 ones by Keras's arithmetic: the prediction, clipped to that range, times
// `intervals`, rounded up, is above so many of them; with `isWide` the first one is below 0.
//
// A workgroup owns a threshold and a label and adds the weights of a training step in a fixed tree, so the same values give the
// same bits.

import package::lib::exact_sum::{WORDS, addExactly};
import package::lib::index::workgroupIndex;
import package::lib::nan::isNan;
import package::lib::step::step;

struct Params {
  size: u32, count: u32, labels: u32, rows: u32, hasWeights: u32, group: u32, classes: u32, topK: u32, classId: i32,
  intervals: u32, isWide: u32,
}
@group(0) @binding(0) var<storage, read> predictions: array<f32>;
@group(0) @binding(1) var<storage, read> targets: array<f32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read> thresholds: array<f32>;
@group(0) @binding(4) var<storage, read_write> totals: array<u32>;
@group(0) @binding(5) var<uniform> params: Params;

const THREADS = 256u;
var<workgroup> sums: array<vec4f, THREADS>;

fn isAmongTop(i: u32) -> bool {
  if (params.topK == 0u) { return true; }
  let row = i - i % params.classes;
  var larger = 0u;
  for (var j = row; j < row + params.classes; j++) {
    larger += u32(predictions[j] > predictions[i] || (predictions[j] == predictions[i] && j < i));
  }
  return larger < params.topK;
}

fn isAbove(x: f32, threshold: u32) -> bool {
  if (params.intervals == 0u) { return x > thresholds[threshold]; }
  let above = u32(ceil(clamp(x, 0.0, 1.0) * f32(params.intervals)));
  return max(above, params.isWide) > threshold;
}

@compute @workgroup_size(256)
fn confusion(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let index = workgroupIndex(workgroup);
  let threshold = index / params.labels;
  let label = index % params.labels;
  var counts = vec4f();
  for (var i = thread; i < params.size; i += THREADS) {
    if (params.classId >= 0 && i % params.classes != u32(params.classId)) { continue; }
    if (i % params.labels != label) { continue; }
    var weight = 1.0;
    if (params.hasWeights == 1u) { weight = weights[i / params.group]; }
    let isPositive = isAbove(predictions[i], threshold) && !isNan(predictions[i]) && isAmongTop(i);
    let isTrue = targets[i] != 0.0;
    let k = select(select(2u, 3u, isTrue), select(1u, 0u, isTrue), isPositive);
    counts += select(vec4f(), vec4f(weight), vec4u(k) == vec4u(0u, 1u, 2u, 3u));
  }
  workgroupBarrier();
  sums[thread] = counts;
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) { sums[thread] += sums[thread + half]; }
  }
  workgroupBarrier();
  if (thread < 4u) {
    let first = (4u * index + thread) * WORDS;
    var words: array<u32, WORDS>;
    if (step.reset == 0u) {
      for (var k = 0u; k < WORDS; k++) { words[k] = totals[first + k]; }
    }
    addExactly(&words, bitcast<u32>(sums[0][thread]), params.rows);
    for (var k = 0u; k < WORDS; k++) { totals[first + k] = words[k]; }
  }
}
