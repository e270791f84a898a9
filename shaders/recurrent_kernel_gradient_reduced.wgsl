// dR where it is small: the threads of a workgroup take turns along rows and time steps (lib/reduced.wgsl). No dropout.

import package::lib::direction::enterDirection;
import package::lib::index::tileIndex;
import package::lib::recurrent_kernel_gradient::{HAS_SUMS, params, launchColumns, hasNoProduct, enterColumns, gateGradients, stateBlock, store, storeSums};
import package::lib::reduced::{overTurns, reducedProduct};

fn left(row: u32, k: u32) -> mat4x4f { return stateBlock(row, k); }
fn right(k: u32, column: u32) -> vec4f { return gateGradients(k, column); }

@compute @workgroup_size(4, 4, 16)
fn recurrentKernelGradientReduced(
  @builtin(local_invocation_id) local: vec3u, @builtin(local_invocation_index) thread: u32,
  @builtin(workgroup_id) workgroup: vec3u,
) {
  let tile = tileIndex(workgroup, launchColumns(), params.units, vec2u(16u));
  if (hasNoProduct(tile, 16u)) { return; }
  enterColumns(16u * tile.x);
  enterDirection(tile.z, 1u);
  let sums = reducedProduct(local, tile, params.start, params.until);
  let rows = array(sums.s0, sums.s1, sums.s2, sums.s3);
  for (var r = 0u; r < 4u; r++) {
    let sum = overTurns(thread, rows[r]);
    if (thread < 16u) { store(16u * tile.y + thread / 4u * 4u + r, 16u * tile.x + thread % 4u * 4u, sum); }
  }
  if (HAS_SUMS == 1u && tile.y == 0u) {
    let sum = overTurns(thread, sums.columns);
    if (thread < 4u) { storeSums(16u * tile.x + thread * 4u, sum); }
  }
}
