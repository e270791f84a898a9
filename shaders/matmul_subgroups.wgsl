// y = act(op(a)·op(b) + bias) without barriers: a subgroup owns 16 rows, a lane four columns of them. The lanes,
// however many, read neighbouring op(a) along k and shuffle them to each other.

import package::lib::index::tileIndex;
import package::lib::matmul::{B_VECTORS, params, biasOf, enter, startA, startB, storeWith, storeColumnSums};
import package::lib::operand::{Operand, Operand4};

enable subgroups;

@group(0) @binding(0) var<storage, read> a: array<Operand>;
@group(0) @binding(1) var<storage, read> b: array<Operand4>;

const ROWS = 16u;
const LANES = vec4u(0u, 1u, 2u, 3u);
override THREADS: u32 = 64u;

fn rowOfB(start: u32, column: u32) -> vec4f {
  if (B_VECTORS == 1u) { return b[(start + min(column, params.n - 4u)) / 4u]; }
  let p = start + min(column + LANES, vec4u(params.n - 1u)) * params.bColumn;
  let q = p % 4u;
  return vec4f(b[p.x / 4u][q.x], b[p.y / 4u][q.y], b[p.z / 4u][q.z], b[p.w / 4u][q.w]);
}

@compute @workgroup_size(THREADS)
fn matmulSubgroups(
  @builtin(local_invocation_index) thread: u32, @builtin(subgroup_invocation_id) lane: u32,
  @builtin(workgroup_id) workgroup: vec3u,
) {
  let tile = tileIndex(workgroup, params.n, params.m, vec2u(4u * THREADS, ROWS));
  enter(tile.z);
  let row = ROWS * tile.y;
  let column = 4u * (THREADS * tile.x + thread);
  // Lanes are counted, because a subgroup need not be full.
  let lanes = subgroupAdd(1u);
  var sums: array<vec4f, ROWS>;
  var totals = vec4f();
  for (var start = params.start; start < params.until; start += lanes) {
    let own = startA + min(start + lane, params.k - 1u) * params.aColumn;
    // Rows and columns past the edge repeat the last one, and their results are not stored.
    var left: array<f32, ROWS>;
    for (var r = 0u; r < ROWS; r++) { left[r] = a[own + min(row + r, params.m - 1u) * params.aRow]; }
    // A bound that compilers cannot know, so that they do not unroll the loop: on a software adapter its code would overflow the cache.
    for (var l = 0u; l < min(lanes, params.until - start); l++) {
      let right = rowOfB(startB + (start + l) * params.bRow, column);
      for (var r = 0u; r < ROWS; r++) { sums[r] += subgroupShuffle(left[r], l) * right; }
      totals += right;
    }
  }
  let added = biasOf(column);
  for (var r = 0u; r < ROWS; r++) { storeWith(added, row + r, column, sums[r]); }
  if (params.hasSums == 1u && tile.y == 0u) { storeColumnSums(column, totals); }
}
