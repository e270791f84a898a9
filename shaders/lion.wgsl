// Lion (Chen et al. 2023) over all weights in one launch: w −= rate·sign(m + (g − m)(1 − β₁)), m += (g − m)(1 − β₂).

import package::lib::averages::{moveAverage, moveAverageAlone};
import package::lib::index::elementIndex;
import package::lib::loss_scale::{rateOfStep, unscaling};
import package::lib::nan::orNan;

struct Params { size: u32, firstShare: f32, secondShare: f32 }
@group(0) @binding(0) var<storage, read> gradients: array<f32>;
@group(0) @binding(1) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(2) var<storage, read_write> m: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn lion(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  let unscale = unscaling();
  if (i >= params.size || unscale == 0.0) {
    @if(averaged) moveAverageAlone(i);
    return;
  }
  let g = unscale * gradients[i];
  let direction = m[i] + (g - m[i]) * params.firstShare;
  m[i] += (g - m[i]) * params.secondShare;
  parameters[i] -= rateOfStep() * orNan(sign(direction), direction);
  @if(averaged) moveAverage(i);
}
