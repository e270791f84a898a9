// hits[r] = 1 where the prediction meets the target, by code: 0 binary, the share of entries on the right side of the
// threshold; 1 categorical, the largest entries agree; 2 sparse categorical, the largest entry is the class index. NaN is the
// largest, as in NumPy.

import package::lib::index::elementIndex;
import package::lib::nan::exceeds;

struct Params { size: u32, columns: u32, code: u32, threshold: f32 }
@group(0) @binding(0) var<storage, read> predictions: array<f32>;
@group(0) @binding(1) var<storage, read> targets: array<f32>;
@group(0) @binding(2) var<storage, read_write> hits: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn accuracy(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let first = i * params.columns;
  if (params.code == 0u) {
    var sum = 0.0;
    for (var j = first; j < first + params.columns; j++) {
      sum += select(0.0, 1.0, select(0.0, 1.0, predictions[j] > params.threshold) == targets[j]);
    }
    hits[i] = sum / f32(params.columns);
    return;
  }
  var predicted = 0u;
  var expected = 0u;
  for (var j = 1u; j < params.columns; j++) {
    if (exceeds(predictions[first + j], predictions[first + predicted])) { predicted = j; }
    if (params.code == 1u && targets[first + j] > targets[first + expected]) { expected = j; }
  }
  if (params.code == 2u) { expected = u32(targets[i]); }
  hits[i] = select(0.0, 1.0, predicted == expected);
}
