// dx [rows, 2n] of dy [rows, n]: scale·dy for both halves, or dy times the other half.

import package::lib::index::elementIndex;

struct Params { size: u32, n: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

override MULTIPLIES: u32 = 0u;

@compute @workgroup_size(64)
fn mergeDirectionsGradient(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let isLeft = i / params.n % 2u == 0u;
  let d = dy[i / (2u * params.n) * params.n + i % params.n];
  if (MULTIPLIES == 1u) { dx[i] = d * x[select(i - params.n, i + params.n, isLeft)]; } else { dx[i] = params.scale * d; }
}
