// Up to three pairs of tensors, the two of a pair side by side, one pair behind the other in one tensor: a [rows, p] beside
// b [rows, q] at the start, c beside d from zStart on, e beside f from wStart on.

import package::lib::index::elementIndex;

// The size of a pair is 0 where there is none.
struct Params {
  size: u32, p: u32, q: u32,
  zSize: u32, zP: u32, zQ: u32, zStart: u32,
  wSize: u32, wP: u32, wQ: u32, wStart: u32,
}
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read> c: array<f32>;
@group(0) @binding(3) var<storage, read> d: array<f32>;
@group(0) @binding(4) var<storage, read> e: array<f32>;
@group(0) @binding(5) var<storage, read> f: array<f32>;
@group(0) @binding(6) var<storage, read_write> joined: array<f32>;
@group(0) @binding(7) var<uniform> params: Params;

@compute @workgroup_size(64)
fn joinColumns(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i < params.size) {
    let row = i / (params.p + params.q);
    let column = i % (params.p + params.q);
    if (column < params.p) {
      joined[i] = a[row * params.p + column];
    } else {
      joined[i] = b[row * params.q + column - params.p];
    }
  }
  if (i < params.zSize) {
    let row = i / (params.zP + params.zQ);
    let column = i % (params.zP + params.zQ);
    if (column < params.zP) {
      joined[params.zStart + i] = c[row * params.zP + column];
    } else {
      joined[params.zStart + i] = d[row * params.zQ + column - params.zP];
    }
  }
  if (i < params.wSize) {
    let row = i / (params.wP + params.wQ);
    let column = i % (params.wP + params.wQ);
    if (column < params.wP) {
      joined[params.wStart + i] = e[row * params.wP + column];
    } else {
      joined[params.wStart + i] = f[row * params.wQ + column - params.wP];
    }
  }
}
