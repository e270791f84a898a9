// y [up to eight axes] = x at places of a lattice: along each axis y's entry i is x's entry (start + step·i) / spacing where that is a
// whole number and x has it, else `value`. So slices, flips and paddings are one kernel, which is also the gradient of each.

import package::lib::index::elementIndex;

struct Params {
  size: u32,
  value: f32,
  // Two vectors an axis, outermost first: y's extent, x's extent, what one entry more is in x, and nothing; start, step, spacing, and
  // nothing. A component that is known is far cheaper to read on software adapters than one that a loop counts.
  lattices: array<vec4i, 16>,
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
    let extents = params.lattices[2u * axis - 2u];
    let lattice = params.lattices[2u * axis - 1u];
    // What is left for the outermost axis is its entry.
    var next = 0u;
    if (axis > 1u) { next = rest / u32(extents.x); }
    let position = lattice.x + lattice.y * i32(rest - next * u32(extents.x));
    var source = position;
    if (DENSE == 0u) {
      source = position / lattice.z;
      isInside = isInside && source * lattice.z == position;
    }
    isInside = isInside && position >= 0 && source < extents.y;
    place += u32(max(source, 0)) * u32(extents.z);
    rest = next;
  }
  y[element] = select(params.value, x[select(0u, place, isInside)], isInside);
}
