// What stands before an optimizer's update of all weights, in one launch: gradients of several steps are averaged, gradients are
// clipped, and weights decay. A workgroup has a chunk of a weight; the sums of squares of all are there.

import package::lib::chunks::{average, chunkOf, isLast, stepsDone};
import package::lib::index::workgroupIndex;
import package::lib::loss_scale::{decayOfStep, rateOfStep, unscaling};
import package::lib::nan::{ifFinite, orNan};

// As gradient_squares.wgsl has them; what `clip` is says src/ops/aroundUpdate.ts.
struct Params { count: u32, unit: u32, steps: u32, factor: f32, clip: u32, limit: f32 }
@group(0) @binding(0) var<storage, read> chunks: array<f32>;
@group(0) @binding(1) var<storage, read> squares: array<f32>;
@group(0) @binding(2) var<storage, read_write> gradients: array<f32>;
@group(0) @binding(3) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(4) var<storage, read_write> accumulated: array<f32>;
// What the update reads in place of the state of loss scaling (src/ops/lossScaleState.ts): updates made; what it multiplies gradients
// by, or 0 for none now; 1 where there is none because gradients are added up; and the learning rate.
@group(0) @binding(5) var<storage, read_write> gate: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

const NONE = 0u;
const NORM = 1u;
const GLOBAL_NORM = 2u;
const VALUE = 3u;

var<workgroup> sums: array<f32, 64>;

@compute @workgroup_size(64)
fn prepareUpdate(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let w = workgroupIndex(workgroup);
  if (w >= params.count) { return; }
  let chunk = chunkOf(w);
  let isSkipped = unscaling() == 0.0;
  let isUpdate = !isSkipped && isLast();
  if (w == 0u && thread == 0u) {
    gate[2] = f32(stepsDone() / max(params.steps, 1u));
    gate[3] = 0.0;
    gate[4] = select(1.0, 0.0, isUpdate || isSkipped);
    gate[5] = rateOfStep();
  }
  if (isSkipped) { return; }
  if (!isUpdate) {
    for (var i = chunk.offset + thread; i < chunk.end; i += 64u) {
      accumulated[i] += unscaling() * params.factor * gradients[i];
    }
    return;
  }
  var share = 1.0;
  if (params.clip == NORM || params.clip == GLOBAL_NORM) {
    let isGlobal = params.clip == GLOBAL_NORM;
    let first = select(chunk.first, 0u, isGlobal);
    let count = select(chunk.count, params.count, isGlobal);
    var sum = 0.0;
    for (var i = thread; i < count; i += 64u) { sum += squares[first + i]; }
    // Memory of a workgroup is written behind a barrier, as in all kernels.
    workgroupBarrier();
    sums[thread] = sum;
    for (var half = 32u; half > 0u; half >>= 1u) {
      workgroupBarrier();
      if (thread < half) { sums[thread] += sums[thread + half]; }
    }
    workgroupBarrier();
    let norm = sqrt(sums[0]);
    share = orNan(params.limit / max(norm, params.limit), norm);
    // As in Keras, a norm of all that is infinite leaves no number.
    if (isGlobal) { share = ifFinite(share, norm); }
  }
  // The update multiplies by a factor that is one of all gradients, so that they stay as they are. 0 would tell it to do nothing.
  let factor = share * unscaling() * params.factor;
  let isCommon = select(params.clip == NONE && factor == 1.0, factor != 0.0, params.clip == GLOBAL_NORM);
  let isLeft = params.steps == 0u && isCommon;
  if (w == 0u && thread == 0u) { gate[3] = select(1.0, factor, isLeft); }
  let decay = decayOfStep();
  for (var i = chunk.offset + thread; i < chunk.end; i += 64u) {
    if (!isLeft) {
      var g = share * average(i);
      if (params.clip == VALUE) { g = orNan(clamp(g, -params.limit, params.limit), g); }
      gradients[i] = g;
      if (params.steps > 0u) { accumulated[i] = 0.0; }
    }
    if (chunk.decay > 0.0) { parameters[i] -= decay * chunk.decay * parameters[i]; }
  }
}
