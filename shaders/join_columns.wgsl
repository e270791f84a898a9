// y [rows, p + q] = a [rows, p] beside b [rows, q], and z = c beside d in the same way.

import package::lib::index::elementIndex;

// The size of the second pair is 0 where there is none.
struct Params { size: u32, p: u32, q: u32, zSize: u32, zP: u32, zQ: u32 }
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read> c: array<f32>;
@group(0) @binding(3) var<storage, read> d: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<storage, read_write> z: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

@compute @workgroup_size(64)
fn joinColumns(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i < params.size) {
    let row = i / (params.p + params.q);
    let column = i % (params.p + params.q);
    if (column < params.p) {
      y[i] = a[row * params.p + column];
    } else {
      y[i] = b[row * params.q + column - params.p];
    }
  }
  if (i < params.zSize) {
    let row = i / (params.zP + params.zQ);
    let column = i % (params.zP + params.zQ);
    if (column < params.zP) {
      z[i] = c[row * params.zP + column];
    } else {
      z[i] = d[row * params.zQ + column - params.zP];
    }
  }
}
