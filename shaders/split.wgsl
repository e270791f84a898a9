// Cuts x [rows, width] into up to seven tensors of as many rows, by their columns: the opposite of concat.wgsl. `ends` has the
// column after each one's last, and `kept` a bit for each that is stored.

import package::lib::index::elementIndex;

struct Params { size: u32, width: u32, kept: u32, ends: array<vec4u, 2> }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;
@group(0) @binding(4) var<storage, read_write> d: array<f32>;
@group(0) @binding(5) var<storage, read_write> e: array<f32>;
@group(0) @binding(6) var<storage, read_write> f: array<f32>;
@group(0) @binding(7) var<storage, read_write> g: array<f32>;
@group(0) @binding(8) var<uniform> params: Params;

@compute @workgroup_size(64)
fn split(@builtin(global_invocation_id) id: vec3u) {
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
  if (((params.kept >> which) & 1u) == 0u) { return; }
  let destination = row * (end - first) + column - first;
  switch which {
    case 0u: { a[destination] = x[i]; }
    case 1u: { b[destination] = x[i]; }
    case 2u: { c[destination] = x[i]; }
    case 3u: { d[destination] = x[i]; }
    case 4u: { e[destination] = x[i]; }
    case 5u: { f[destination] = x[i]; }
    default: { g[destination] = x[i]; }
  }
}
