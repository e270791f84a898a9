// y = act(op(a)·op(b) + bias) without barriers: 64 threads own 4 rows × 256 columns, four columns each. The lanes of a
// subgroup, however many, read op(a) side by side along k and hand it on to each other.

import package::lib::matmul::{params, factorsA, factorsB, store, storeColumnSums};
import package::lib::product::{Sums, addProducts};

enable subgroups;

@compute @workgroup_size(64)
fn matmulSubgroups(
  @builtin(local_invocation_index) thread: u32, @builtin(subgroup_invocation_id) lane: u32,
  @builtin(workgroup_id) tile: vec3u,
) {
  let row = 4u * tile.y;
  let column = 4u * (64u * tile.x + thread);
  // Counted, because a subgroup need not be full.
  let lanes = subgroupAdd(1u);
  var sums = Sums();
  for (var start = 0u; start < params.k; start += 4u * lanes) {
    let own = start + 4u * lane;
    let a0 = factorsA(row, own);
    let a1 = factorsA(row + 1u, own);
    let a2 = factorsA(row + 2u, own);
    let a3 = factorsA(row + 3u, own);
    for (var l = 0u; l < min(lanes, (params.k - start + 3u) / 4u); l++) {
      let k = start + 4u * l;
      sums = addProducts(
        sums,
        subgroupShuffle(a0, l), subgroupShuffle(a1, l), subgroupShuffle(a2, l), subgroupShuffle(a3, l),
        factorsB(k, column), factorsB(k + 1u, column), factorsB(k + 2u, column), factorsB(k + 3u, column),
      );
    }
  }
  store(row, column, sums.s0);
  store(row + 1u, column, sums.s1);
  store(row + 2u, column, sums.s2);
  store(row + 3u, column, sums.s3);
  if (params.hasSums == 1u && tile.y == 0u) { storeColumnSums(column, sums.columns); }
}
