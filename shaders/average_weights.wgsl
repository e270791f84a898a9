// The moving average of all weights behind an update that has no form that averages (lib/averages.wgsl).

import package::lib::averages::{moveAverage, moveAverageAlone};
import package::lib::index::elementIndex;
import package::lib::loss_scale::unscaling;

struct Params { size: u32 }
@group(0) @binding(0) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(1) var<uniform> params: Params;

@compute @workgroup_size(64)
fn averageWeights(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size || unscaling() == 0.0) {
    moveAverageAlone(i);
    return;
  }
  moveAverage(i);
}
