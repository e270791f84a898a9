// y = act(op(a)·op(b) + bias) where y is small: the threads of a workgroup take turns along k (lib/reduced.wgsl).

import package::lib::index::tileIndex;
import package::lib::matmul::{params, enter, blockA, factorsB, store, storeColumnSums};
import package::lib::reduced::{overTurns, reducedProduct};

fn left(row: u32, k: u32) -> mat4x4f { return blockA(row, k); }
fn right(k: u32, column: u32) -> vec4f { return factorsB(k, column); }

@compute @workgroup_size(4, 4, 16)
fn matmulReduced(
  @builtin(local_invocation_id) local: vec3u, @builtin(local_invocation_index) thread: u32,
  @builtin(workgroup_id) workgroup: vec3u,
) {
  let tile = tileIndex(workgroup, params.n, params.m, vec2u(16u));
  enter(tile.z);
  let sums = reducedProduct(local, tile, params.start, params.until);
  let rows = array(sums.s0, sums.s1, sums.s2, sums.s3);
  let column = 16u * tile.x + thread % 4u * 4u;
  for (var r = 0u; r < 4u; r++) {
    let sum = overTurns(thread, rows[r]);
    if (thread < 16u) { store(16u * tile.y + thread / 4u * 4u + r, column, sum); }
  }
  if (params.hasSums == 1u && tile.y == 0u) {
    let sum = overTurns(thread, sums.columns);
    if (thread < 4u) { storeColumnSums(column, sum); }
  }
}
