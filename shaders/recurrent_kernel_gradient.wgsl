// dR in tiles of workgroup memory; z is the direction and the part of the sum, where it is split. The parts are then left to
// recurrent_kernel_gradient_sum.wgsl. No dropout.

import package::lib::direction::{enterDirection, directionRow};
import package::lib::index::tileIndex;
import package::lib::recurrent_kernel_gradient::{HAS_SUMS, params, parts, launchColumns, hasNoProduct, enterColumns, gateGradients, statesBefore, store, storeSums};
import package::lib::tiled::{SIDE, columnOf, rowOf, tiledProduct};

fn left(row: u32, k: u32) -> vec4f { return statesBefore(row, k); }
fn right(k: u32, column: u32) -> vec4f { return gateGradients(k, column); }

@compute @workgroup_size(SIDE, SIDE)
fn recurrentKernelGradient(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  let tile = tileIndex(workgroup, launchColumns(), params.units, vec2u(4u * SIDE));
  if (hasNoProduct(tile, 4u * SIDE)) { return; }
  enterColumns(4u * SIDE * tile.x);
  let chunk = enterDirection(tile.z, params.chunks);
  // Parts begin at multiples of 16, as tiles do.
  let total = params.batch * params.time;
  let length = (total + 16u * params.chunks - 1u) / (16u * params.chunks) * 16u;
  let first = chunk * length;
  let end = min(first + min(params.until, length), total);
  let sums = tiledProduct(local, tile, first + params.start, end, true, true);
  let product = array(sums.s0, sums.s1, sums.s2, sums.s3);
  let column = columnOf(local, tile);
  if (HAS_SUMS == 1u && tile.y == 0u && local.y == 0u) { storeSums(column, sums.columns); }
  for (var r = 0u; r < 4u; r++) {
    let row = rowOf(r, local, tile);
    if (params.chunks == 1u) {
      store(row, column, product[r]);
    } else if (row < params.units) {
      for (var j = 0u; j < 4u; j++) {
        if (column + j >= params.columns) { break; }
        let at = directionRow(chunk * params.units + row) * params.columns + column + j;
        parts[at] = select(0.0, parts[at], params.start > 0u) + product[r][j];
      }
    }
  }
}
