// dR = Σ parts, in their order.

import package::lib::direction::DIRECTIONS;
import package::lib::index::elementIndex;
import package::lib::recurrent_kernel_gradient::{params, parts, dR};

@compute @workgroup_size(64)
fn recurrentKernelGradientSum(@builtin(global_invocation_id) id: vec3u) {
  let size = params.units * DIRECTIONS * params.columns;
  let index = elementIndex(id);
  if (index >= size) { return; }
  var sum = 0.0;
  for (var chunk = 0u; chunk < params.chunks; chunk++) { sum += parts[chunk * size + index]; }
  dR[index] = sum;
}
