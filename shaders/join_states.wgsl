// y: a [rows, p] beside b [rows, q], and from offset `offset` on c beside d: one or two states of a recurrence in one tensor, of
// one direction or of two.

import package::lib::index::elementIndex;

// q is 0 with one direction, hasC is 0 with one state.
struct Params { size: u32, p: u32, q: u32, offset: u32, hasC: u32 }
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read> c: array<f32>;
@group(0) @binding(3) var<storage, read> d: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn joinStates(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let row = i / (params.p + params.q);
  let column = i % (params.p + params.q);
  if (column < params.p) {
    let at = row * params.p + column;
    y[i] = a[at];
    if (params.hasC == 1u) { y[params.offset + i] = c[at]; }
  } else {
    let at = row * params.q + column - params.p;
    y[i] = b[at];
    if (params.hasC == 1u) { y[params.offset + i] = d[at]; }
  }
}
