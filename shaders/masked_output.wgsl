// y = x where a time step is valid, else 0; with `leading`, 0 only before the first valid one. x [samples, steps, inner], where one
// step for many time steps is that which is processed last; mask [samples, time]. Of two directions, `units` columns each side by
// side, the second runs against the first.

import package::lib::index::elementIndex;

struct Params {
  size: u32, steps: u32, inner: u32, time: u32, units: u32, directions: u32,
  // 1: the last time step comes first, in the first direction.
  reverse: u32,
  leading: u32,
}
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> mask: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn maskedOutput(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let isReversed = params.reverse != i / params.units % params.directions;
  let step = i / params.inner;
  let row = step / params.steps * params.time;
  var t = step % params.steps;
  if (params.steps == 1u) { t = select(params.time - 1u, 0u, isReversed); }
  var valid = mask[row + t] != 0.0;
  if (params.leading == 1u) {
    // Time steps that are processed before t.
    let before = select(t, params.time - 1u - t, isReversed);
    for (var s = 0u; s < before && !valid; s++) {
      valid = mask[row + select(s, params.time - 1u - s, isReversed)] != 0.0;
    }
  }
  y[i] = select(0.0, x[i], valid);
}
