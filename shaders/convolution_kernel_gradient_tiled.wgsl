// Parts of the gradients of kernel and bias as an implicit product in tiles of workgroup memory: rows are entries
// (i, j, c) of a window, columns a group's filters, k the output positions of one chunk; z is group and chunk.

import package::lib::convolution::{OUTSIDE, Params, chunkOf, positionOf, seenBy};
import package::lib::index::tileIndex;
import package::lib::operand::{Operand, Operand4};
import package::lib::tiled::{SIDE, columnOf, rowOf, tiledProduct};

@group(0) @binding(0) var<storage, read> x: array<Operand>;
@group(0) @binding(1) var<storage, read> dy: array<Operand4>;
@group(0) @binding(2) var<storage, read_write> kernelParts: array<f32>;
@group(0) @binding(3) var<storage, read_write> biasParts: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

var<private> group: u32;
var<private> end: u32;

fn left(row: u32, k: u32) -> vec4f {
  var found = vec4f();
  for (var l = 0u; l < 4u && k + l < end; l++) {
    let p = seenBy(params, positionOf(k + l, params.outRows, params.outWidth), row, group);
    if (p != OUTSIDE) { found[l] = x[p]; }
  }
  return found;
}

fn right(k: u32, column: u32) -> vec4f {
  if (k >= end) { return vec4f(); }
  let filters = params.filters / params.groups;
  let first = k * params.filters + group * filters;
  if (filters % 4u == 0u) { return dy[(first + min(column, filters - 4u)) / 4u]; }
  let p = first + min(column + vec4u(0u, 1u, 2u, 3u), vec4u(filters - 1u));
  let q = p % 4u;
  return vec4f(dy[p.x / 4u][q.x], dy[p.y / 4u][q.y], dy[p.z / 4u][q.z], dy[p.w / 4u][q.w]);
}

@compute @workgroup_size(SIDE, SIDE)
fn convolutionKernelGradientTiled(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  let filters = params.filters / params.groups;
  let entries = params.kernelRows * params.kernelWidth * (params.channels / params.groups);
  let tile = tileIndex(workgroup, filters, entries, vec2u(4u * SIDE));
  group = tile.z / params.chunks;
  let chunk = tile.z % params.chunks;
  let terms = chunkOf(params, chunk);
  end = terms.y;
  let sums = tiledProduct(local, tile, terms.x, terms.y, true, true);
  let product = array(sums.s0, sums.s1, sums.s2, sums.s3);
  let column = columnOf(local, tile);
  for (var f = 0u; f < 4u; f++) {
    if (column + f >= filters) { break; }
    for (var r = 0u; r < 4u; r++) {
      let row = rowOf(r, local, tile);
      if (row >= entries) { break; }
      let at = (chunk * entries + row) * params.filters + group * filters + column + f;
      kernelParts[at] = select(0.0, kernelParts[at], params.start > 0u) + product[r][f];
    }
    if (tile.y == 0u && local.y == 0u && params.hasBias == 1u) {
      let at = chunk * params.filters + group * filters + column + f;
      biasParts[at] = select(0.0, biasParts[at], params.start > 0u) + sums.columns[f];
    }
  }
}
