// Parts of dR of a convolutional recurrence (conv_recurrent_kernel_gradient.wgsl) as a product in tiles of workgroup
// memory: rows are entries (i, j, unit) of a window, columns those of dz, k = (time step, row) of one chunk. Columns are a multiple of four. No
// dropout.

import package::lib::direction::offsetsAt;
import package::lib::index::tileIndex;
import package::lib::operand::{Operand, Operand4};
import package::lib::recurrent_convolution::{KERNEL_ROWS, KERNEL_WIDTH, seenAt};
import package::lib::tiled::{SIDE, columnOf, rowOf, tiledProduct};

struct Params {
  batch: u32, time: u32, units: u32, columns: u32, reverse: u32, hasState: u32, chunks: u32, start: u32, until: u32,
}
@group(0) @binding(0) var<storage, read> h: array<Operand>;
@group(0) @binding(1) var<storage, read> h0: array<f32>;
@group(0) @binding(2) var<storage, read> dz: array<Operand4>;
@group(0) @binding(3) var<storage, read_write> parts: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

var<private> end: u32;

fn stateSeen(entry: u32, k: u32) -> f32 {
  let t = k / params.batch;
  let unit = entry % params.units;
  let at = entry / params.units;
  let seen = seenAt(vec4u(k % params.batch), at / KERNEL_WIDTH, at % KERNEL_WIDTH);
  if (seen.counts.x == 0.0) { return 0.0; }
  if (t != select(0u, params.time - 1u, params.reverse == 1u)) {
    let earlier = select(t - 1u, t + 1u, params.reverse == 1u);
    return h[offsetsAt(seen.rows, params.time, earlier).x * params.units + unit];
  }
  if (params.hasState == 1u) { return h0[seen.rows.x * params.units + unit]; }
  return 0.0;
}

fn left(row: u32, k: u32) -> vec4f {
  let entry = min(row, KERNEL_ROWS * KERNEL_WIDTH * params.units - 1u);
  var found = vec4f();
  for (var l = 0u; l < 4u && k + l < end; l++) { found[l] = stateSeen(entry, k + l); }
  return found;
}

fn right(k: u32, column: u32) -> vec4f {
  if (k >= end) { return vec4f(); }
  let p = offsetsAt(vec4u(k % params.batch), params.time, k / params.batch).x;
  let vectors = params.columns / 4u;
  return dz[p * vectors + min(column / 4u, vectors - 1u)];
}

@compute @workgroup_size(SIDE, SIDE)
fn convRecurrentKernelGradientTiled(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  let entries = KERNEL_ROWS * KERNEL_WIDTH * params.units;
  let columns = params.columns;
  let total = params.batch * params.time;
  let perChunk = (total + params.chunks - 1u) / params.chunks;
  let tile = tileIndex(workgroup, columns, entries, vec2u(4u * SIDE));
  let first = tile.z * perChunk;
  let last = min(first + min(params.until, perChunk), total);
  end = last;
  let sums = tiledProduct(local, tile, first + params.start, last, true, true);
  let product = array(sums.s0, sums.s1, sums.s2, sums.s3);
  let column = columnOf(local, tile);
  if (column >= columns) { return; }
  for (var r = 0u; r < 4u; r++) {
    let row = rowOf(r, local, tile);
    if (row >= entries) { break; }
    for (var j = 0u; j < 4u; j++) {
      let at = (tile.z * entries + row) * columns + column + j;
      parts[at] = select(0.0, parts[at], params.start > 0u) + product[r][j];
    }
  }
}
