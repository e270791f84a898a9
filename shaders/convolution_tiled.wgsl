// y = act(x ∗ kernel + bias) as an implicit product in tiles of workgroup memory: rows are output positions, columns a
// group's filters, k the entries (i, j, c) of a window; z is the group.

import package::lib::convolution::{OUTSIDE, positionOf, seenBy};
import package::lib::convolution_output::{params, store};
import package::lib::index::tileIndex;
import package::lib::operand::Operand4;
import package::lib::tiled::{SIDE, columnOf, rowOf, tiledProduct};

@group(0) @binding(0) var<storage, read> x: array<Operand4>;
@group(0) @binding(1) var<storage, read> kernel: array<Operand4>;

var<private> group: u32;

fn inputAt(p: u32) -> f32 {
  if (p == OUTSIDE) { return 0.0; }
  return x[p / 4u][p % 4u];
}

fn left(row: u32, k: u32) -> vec4f {
  let o = positionOf(row, params.outRows, params.outWidth);
  let p = seenBy(params, o, k, group);
  if (params.channels / params.groups % 4u != 0u) {
    return vec4f(
      inputAt(p), inputAt(seenBy(params, o, k + 1u, group)),
      inputAt(seenBy(params, o, k + 2u, group)), inputAt(seenBy(params, o, k + 3u, group)),
    );
  }
  if (p == OUTSIDE) { return vec4f(); }
  return x[p / 4u];
}

fn right(k: u32, column: u32) -> vec4f {
  if (k >= params.kernelRows * params.kernelWidth * params.channels / params.groups) { return vec4f(); }
  let filters = params.filters / params.groups;
  let first = k * params.filters + group * filters;
  if (filters % 4u == 0u) { return kernel[(first + min(column, filters - 4u)) / 4u]; }
  let p = first + min(column + vec4u(0u, 1u, 2u, 3u), vec4u(filters - 1u));
  let q = p % 4u;
  return vec4f(kernel[p.x / 4u][q.x], kernel[p.y / 4u][q.y], kernel[p.z / 4u][q.z], kernel[p.w / 4u][q.w]);
}

@compute @workgroup_size(SIDE, SIDE)
fn convolutionTiled(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  let filters = params.filters / params.groups;
  let tile = tileIndex(workgroup, filters, params.batch * params.outRows * params.outWidth, vec2u(4u * SIDE));
  group = tile.z;
  let sums = tiledProduct(local, tile, params.start, params.until, false, true);
  let product = array(sums.s0, sums.s1, sums.s2, sums.s3);
  let columns = group * filters + columnOf(local, tile) + vec4u(0u, 1u, 2u, 3u);
  for (var r = 0u; r < 4u; r++) { store(rowOf(r, local, tile), columns, (group + 1u) * filters, product[r]); }
}
