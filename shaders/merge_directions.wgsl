// y [rows, n] of the left and the right half of x [rows, 2n]: scale·(left + right), or left·right.

import package::lib::index::elementIndex;

struct Params { size: u32, n: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

override MULTIPLIES: u32 = 0u;

@compute @workgroup_size(64)
fn mergeDirections(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let p = i + i / params.n * params.n;
  let left = x[p];
  let right = x[p + params.n];
  if (MULTIPLIES == 1u) { y[i] = left * right; } else { y[i] = params.scale * (left + right); }
}
