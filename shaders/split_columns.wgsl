// Splits x [rows, p + q] into a [rows, p] and b [rows, q], and z into c and d in the same way.

import package::lib::index::elementIndex;

// The size of the second pair is 0 where there is none.
struct Params { size: u32, p: u32, q: u32, zSize: u32, zP: u32, zQ: u32, keepA: u32, keepB: u32, keepC: u32, keepD: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> z: array<f32>;
@group(0) @binding(2) var<storage, read_write> a: array<f32>;
@group(0) @binding(3) var<storage, read_write> b: array<f32>;
@group(0) @binding(4) var<storage, read_write> c: array<f32>;
@group(0) @binding(5) var<storage, read_write> d: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

@compute @workgroup_size(64)
fn splitColumns(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i < params.size) {
    let row = i / (params.p + params.q);
    let column = i % (params.p + params.q);
    if (column < params.p) {
      if (params.keepA == 1u) { a[row * params.p + column] = x[i]; }
    } else if (params.keepB == 1u) {
      b[row * params.q + column - params.p] = x[i];
    }
  }
  if (i < params.zSize) {
    let row = i / (params.zP + params.zQ);
    let column = i % (params.zP + params.zQ);
    if (column < params.zP) {
      if (params.keepC == 1u) { c[row * params.zP + column] = z[i]; }
    } else if (params.keepD == 1u) {
      d[row * params.zQ + column - params.zP] = z[i];
    }
  }
}
