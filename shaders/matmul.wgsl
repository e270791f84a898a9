// y = act(op(a)·op(b) + bias) in tiles of workgroup memory; a layer of tiles is a product, or a part of its k where k is split.
// The parts' sums are then left to matmul_sum.wgsl.

import package::lib::index::tileIndex;
import package::lib::matmul::{params, parts, enter, factorsA, factorsB, store, storeColumnSums};
import package::lib::tiled::{SIDE, columnOf, rowOf, tiledProduct};

fn left(row: u32, k: u32) -> vec4f { return factorsA(row, k); }
fn right(k: u32, column: u32) -> vec4f { return factorsB(k, column); }

fn storePart(part: u32, row: u32, column: u32, sum: vec4f) {
  let start = (part * (params.m + 1u) + row) * params.n;
  for (var j = 0u; j < 4u; j++) {
    if (column + j >= params.n) { break; }
    let at = start + column + j;
    parts[at] = select(0.0, parts[at], params.start > 0u) + sum[j];
  }
}

@compute @workgroup_size(SIDE, SIDE)
fn matmul(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  let tile = tileIndex(workgroup, params.n, params.m, vec2u(4u * SIDE));
  let part = tile.z;
  let chunk = part % params.chunks;
  enter(part / params.chunks);
  // Parts begin at multiples of 16, as tiles do.
  let length = (params.k + 16u * params.chunks - 1u) / (16u * params.chunks) * 16u;
  let first = chunk * length;
  let end = min(first + min(params.until, length), params.k);
  let sums = tiledProduct(local, tile, first + params.start, end, params.aRow == 1u, params.bColumn == 1u);
  let product = array(sums.s0, sums.s1, sums.s2, sums.s3);
  let column = columnOf(local, tile);
  let wantsSums = params.hasSums == 1u && tile.y == 0u && local.y == 0u;
  if (params.chunks == 1u) {
    for (var r = 0u; r < 4u; r++) { store(rowOf(r, local, tile), column, product[r]); }
    if (wantsSums) { storeColumnSums(column, sums.columns); }
    return;
  }
  for (var r = 0u; r < 4u; r++) {
    let row = rowOf(r, local, tile);
    if (row < params.m) { storePart(part, row, column, product[r]); }
  }
  if (wantsSums) { storePart(part, params.m, column, sums.columns); }
}
