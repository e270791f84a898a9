// y [rows, width] = up to seven tensors of as many rows, side by side, in the order of their names. `ends` has the column after
// each one's last, and `width` for those that are absent.

import package::lib::index::elementIndex;

struct Params { size: u32, width: u32, ends: array<vec4u, 2> }
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read> c: array<f32>;
@group(0) @binding(3) var<storage, read> d: array<f32>;
@group(0) @binding(4) var<storage, read> e: array<f32>;
@group(0) @binding(5) var<storage, read> f: array<f32>;
@group(0) @binding(6) var<storage, read> g: array<f32>;
@group(0) @binding(7) var<storage, read_write> y: array<f32>;
@group(0) @binding(8) var<uniform> params: Params;

@compute @workgroup_size(64)
fn concat(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let row = i / params.width;
  let column = i % params.width;
  var which = 0u;
  var first = 0u;
  var end = params.ends[0].x;
  while (column >= end && which < 6u) {
    which++;
    first = end;
    end = params.ends[which / 4u][which % 4u];
  }
  let source = row * (end - first) + column - first;
  var value = 0.0;
  switch which {
    case 0u: { value = a[source]; }
    case 1u: { value = b[source]; }
    case 2u: { value = c[source]; }
    case 3u: { value = d[source]; }
    case 4u: { value = e[source]; }
    case 5u: { value = f[source]; }
    default: { value = g[source]; }
  }
  y[i] = value;
}
