// losses[r] = −w·Σ_j t·log q, and its derivative by the prediction, times `scale`: 1 / rows where the loss is the mean over rows. From probabilities q = clip(p / Σp, ε, 1 − ε), as in Keras;
// from logits q = softmax(p). Targets are a distribution [rows, columns], which label smoothing moves towards the uniform one, or
// with `sparse` a class index [rows].

import package::lib::index::elementIndex;
import package::lib::nan::{exceeds, ifFinite, orNan};

struct Params { size: u32, columns: u32, sparse: u32, fromLogits: u32, smoothing: f32, hasWeights: u32, group: u32, keepGradient: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> predictions: array<f32>;
@group(0) @binding(1) var<storage, read> targets: array<f32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> losses: array<f32>;
@group(0) @binding(4) var<storage, read_write> dPredictions: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

const EPSILON = 1e-7;

fn part(p: f32, largest: f32) -> f32 {
  if (params.fromLogits == 1u) { return exp(p - largest); }
  return p;
}

fn expected(row: u32, column: u32) -> f32 {
  if (params.sparse == 1u) { return select(0.0, 1.0, u32(targets[row]) == column); }
  let t = targets[row * params.columns + column];
  return t + params.smoothing * (1.0 / f32(params.columns) - t);
}

fn inside(q: f32) -> bool { return q > EPSILON && q < 1.0 - EPSILON; }

@compute @workgroup_size(64)
fn categoricalCrossentropy(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let first = i * params.columns;
  var weight = 1.0;
  if (params.hasWeights == 1u) { weight = weights[i / params.group]; }
  var largest = 0.0;
  if (params.fromLogits == 1u) {
    largest = predictions[first];
    for (var j = 1u; j < params.columns; j++) { if (exceeds(predictions[first + j], largest)) { largest = predictions[first + j]; } }
  }
  var total = 0.0;
  for (var j = 0u; j < params.columns; j++) { total += part(predictions[first + j], largest); }
  // Exponentials and logarithms may swallow NaN, also the NaN of ∞ − ∞.
  total = ifFinite(total, largest);
  let logTotal = log(total);
  var loss = 0.0;
  // Σ of the derivatives by q, weighted by q: the normalization subtracts it from each entry's derivative.
  var normalizer = 0.0;
  for (var j = 0u; j < params.columns; j++) {
    let t = expected(i, j);
    if (params.fromLogits == 1u) {
      loss -= t * (predictions[first + j] - largest - logTotal);
      normalizer += t;
    } else {
      let q = predictions[first + j] / total;
      loss -= t * orNan(log(clamp(q, EPSILON, 1.0 - EPSILON)), q);
      if (inside(q)) { normalizer -= t; }
    }
  }
  losses[i] = weight * orNan(loss, total);
  if (params.keepGradient == 0u) { return; }
  let scale = weight * params.scale;
  for (var j = 0u; j < params.columns; j++) {
    let t = expected(i, j);
    let p = predictions[first + j];
    if (params.fromLogits == 1u) {
      dPredictions[first + j] = scale * (normalizer * exp(p - largest) / total - t);
    } else {
      let q = p / total;
      dPredictions[first + j] = scale / total * (select(0.0, -t / q, inside(q)) - normalizer);
    }
  }
}
