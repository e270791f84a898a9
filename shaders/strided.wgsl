// y [up to eight axes] = x at places of a lattice: along each axis y's entry i is x's entry (start + step·i) / spacing where that is a
// whole number and x has it, else `value`. So slices, flips and paddings are one kernel, which is also the gradient of each.

import package::lib::index::elementIndex;

struct Params {
  size: u32,
  value: f32,
  // Of each axis, outermost first: y's extent, x's extent and what one entry more is in x.
  shape: array<vec4u, 2>,
  extents: array<vec4i, 2>,
  strides: array<vec4u, 2>,
  starts: array<vec4i, 2>,
  steps: array<vec4i, 2>,
  spacings: array<vec4i, 2>,
}
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

override AXES: u32 = 1u;
// 1 where y's entries lie side by side in x: divisions are what this kernel spends its time on.
override DENSE: u32 = 0u;

@compute @workgroup_size(64)
fn strided(@builtin(global_invocation_id) id: vec3u) {
  let element = elementIndex(id);
  if (element >= params.size) { return; }
  var rest = element;
  var place = 0u;
  var isInside = true;
  for (var axis = AXES; axis > 0u; axis--) {
    let i = (axis - 1u) / 4u;
    let k = (axis - 1u) % 4u;
    let extent = params.shape[i][k];
    let next = rest / extent;
    let position = params.starts[i][k] + params.steps[i][k] * i32(rest - next * extent);
    var source = position;
    if (DENSE == 0u) {
      let spacing = params.spacings[i][k];
      source = position / spacing;
      isInside = isInside && source * spacing == position;
    }
    isInside = isInside && position >= 0 && source < params.extents[i][k];
    place += u32(max(source, 0)) * params.strides[i][k];
    rest = next;
  }
  y[element] = select(params.value, x[select(0u, place, isInside)], isInside);
}
