// y = softmax(x) over the last axis, or its logarithm: x, y [rows, columns]. A thread owns a row.
// The largest entry is subtracted first, so that nothing overflows.

import package::lib::index::elementIndex;
import package::lib::nan::{exceeds, ifFinite, orNan};

struct Params { size: u32, columns: u32, logarithm: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn softmax(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let first = i * params.columns;
  var largest = x[first];
  for (var j = 1u; j < params.columns; j++) { if (exceeds(x[first + j], largest)) { largest = x[first + j]; } }
  var total = 0.0;
  for (var j = 0u; j < params.columns; j++) { total += exp(x[first + j] - largest); }
  // Exponentials may swallow NaN, also the NaN of ∞ − ∞.
  total = ifFinite(total, largest);
  let logTotal = log(total);
  for (var j = 0u; j < params.columns; j++) {
    let shifted = x[first + j] - largest;
    if (params.logarithm == 1u) { y[first + j] = orNan(shifted - logTotal, total); } else { y[first + j] = exp(shifted) / total; }
  }
}
