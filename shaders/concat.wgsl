// y [rows, p + q] = a [rows, p] beside b [rows, q].

import package::lib::index::elementIndex;

struct Params { size: u32, p: u32, q: u32 }
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn concat(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let row = i / (params.p + params.q);
  let column = i % (params.p + params.q);
  if (column < params.p) {
    y[i] = a[row * params.p + column];
  } else {
    y[i] = b[row * params.q + column - params.p];
  }
}
