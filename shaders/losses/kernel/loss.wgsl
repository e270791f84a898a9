// A loss that is a mean over the last axis: losses[r] = w·mean_j f(p, t), and its derivative by the prediction, times `scale`: 1 / rows
// where the loss is the mean over rows. predictions, targets [rows, columns]; a weight is for `group` rows. A thread owns a row.

import package::cell::{lossOf, lossSlope};
import package::lib::index::elementIndex;

struct Params { size: u32, columns: u32, code: u32, number: f32, hasWeights: u32, group: u32, keepGradient: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> predictions: array<f32>;
@group(0) @binding(1) var<storage, read> targets: array<f32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> losses: array<f32>;
@group(0) @binding(4) var<storage, read_write> dPredictions: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn entry(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  var weight = 1.0;
  if (params.hasWeights == 1u) { weight = weights[i / params.group]; }
  let scale = weight * params.scale / f32(params.columns);
  var sum = 0.0;
  for (var j = i * params.columns; j < (i + 1u) * params.columns; j++) {
    let p = predictions[j];
    let t = targets[j];
    sum += lossOf(params.code, params.number, p, t);
    if (params.keepGradient == 1u) { dPredictions[j] = scale * lossSlope(params.code, params.number, p, t); }
  }
  losses[i] = weight * sum / f32(params.columns);
}
