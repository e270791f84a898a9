// dR[i, j, k, g] = Σ over rows and time steps of h_before[k], at the window's entry (i, j), times dz[g]: one product after the
// loop, split into chunks whose parts [chunks, KH·KW·F, columns] a second pass adds. h [B, T, positions, F], h0 [B, positions, F],
// dz [B, T, positions, columns], F columns a gate. Each thread owns a 4×4 tile of a chunk; z is the chunk.

import package::lib::direction::{SPACE, offsetsAt};
import package::lib::index::tileIndex;
import package::lib::operand::Operand;
import package::lib::recurrent_convolution::{KERNEL_ROWS, KERNEL_WIDTH, seenAt};
import package::lib::recurrent_dropout::{DROPS, gateMasks};

struct Params {
  batch: u32, time: u32, units: u32, columns: u32, reverse: u32, hasState: u32, chunks: u32, start: u32, until: u32,
  recurrentRate: f32, seed: u32,
}
@group(0) @binding(0) var<storage, read> h: array<Operand>;
@group(0) @binding(1) var<storage, read> h0: array<f32>;
@group(0) @binding(2) var<storage, read> dz: array<Operand>;
@group(0) @binding(3) var<storage, read_write> parts: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

const LANES = vec4u(0u, 1u, 2u, 3u);

@compute @workgroup_size(8, 8)
fn convRecurrentKernelGradient(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  let units = params.units;
  let entries = KERNEL_ROWS * KERNEL_WIDTH * units;
  let columns = params.columns;
  let tile = tileIndex(workgroup, columns, entries, vec2u(32u));
  let own = (tile.y * 8u + local.y) * 4u + LANES;
  let ownColumns = (tile.x * 8u + local.x) * 4u + LANES;
  if (own.x >= entries || ownColumns.x >= columns) { return; }
  let entry = min(own, vec4u(entries - 1u));
  let column = min(ownColumns, vec4u(columns - 1u));
  let gate = column / units;
  let total = params.batch * params.time;
  let perChunk = (total + params.chunks - 1u) / params.chunks;
  let first = select(0u, params.time - 1u, params.reverse == 1u);
  var sums = array<vec4f, 4>();
  let end = min(tile.z * perChunk + min(params.until, perChunk), total);
  for (var n = tile.z * perChunk + params.start; n < end; n++) {
    let row = n % params.batch;
    let t = n / params.batch;
    if (t == first && params.hasState == 0u) { continue; }
    let earlier = select(t - 1u, t + 1u, params.reverse == 1u);
    let q = offsetsAt(vec4u(row), params.time, t).x * columns + column;
    let d = vec4f(dz[q.x], dz[q.y], dz[q.z], dz[q.w]);
    for (var r = 0u; r < 4u; r++) {
      let k = entry[r] % units;
      let seen = seenAt(vec4u(row), entry[r] / units / KERNEL_WIDTH, entry[r] / units % KERNEL_WIDTH);
      var state = 0.0;
      if (t != first) {
        state = h[offsetsAt(seen.rows, params.time, earlier).x * units + k];
      } else {
        state = h0[seen.rows.x * units + k];
      }
      var masks = vec4f(1.0);
      if (DROPS == 1u) {
        let m = gateMasks(seen.rows.x, k, units, params.recurrentRate, params.seed);
        masks = vec4f(m[gate.x], m[gate.y], m[gate.z], m[gate.w]);
      }
      sums[r] += seen.counts.x * state * masks * d;
    }
  }
  for (var r = 0u; r < 4u; r++) {
    if (own[r] >= entries) { break; }
    for (var j = 0u; j < 4u; j++) {
      if (ownColumns[j] >= columns) { break; }
      let at = (tile.z * entries + own[r]) * columns + ownColumns[j];
      parts[at] = select(0.0, parts[at], params.start > 0u) + sums[r][j];
    }
  }
}
