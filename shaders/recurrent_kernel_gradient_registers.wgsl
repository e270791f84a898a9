// dR (lib/recurrent_kernel_gradient.wgsl) with h_before as each gate saw it. Each thread owns a 4×4 tile in registers
// and walks along rows and time steps by itself.

import package::lib::direction::{enterDirection, isReversed, directionRow, directionSeed};
import package::lib::index::tileIndex;
import package::lib::operand::Operand;
import package::lib::recurrent_dropout::{DROPS, gateMasks};
import package::lib::recurrent_kernel_gradient::{HAS_STATE, HAS_SUMS, INNER, INNER_RESETS, INNER_STATES, params, inner, launchColumns, sourceOf, resetsOf, store, storeSums};

@group(0) @binding(0) var<storage, read> h: array<Operand>;
@group(0) @binding(1) var<storage, read> h0: array<f32>;
@group(0) @binding(2) var<storage, read> dz: array<Operand>;

const LANES = vec4u(0u, 1u, 2u, 3u);

// The dropout factors by which the gates of four columns saw unit k of a row.
fn columnMasks(row: u32, k: u32, gate: vec4u) -> vec4f {
  let masks = gateMasks(row, k, params.units, params.recurrentRate, directionSeed(params.seed, params.otherSeed));
  return vec4f(masks[gate.x], masks[gate.y], masks[gate.z], masks[gate.w]);
}

@compute @workgroup_size(8, 8)
fn recurrentKernelGradientRegisters(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  let tile = tileIndex(workgroup, launchColumns(), params.units, vec2u(32u));
  enterDirection(tile.z, 1u);
  let rows = (tile.y * 8u + local.y) * 4u + LANES;
  let columns = (tile.x * 8u + local.x) * 4u + LANES;
  if (rows.x >= params.units || columns.x >= launchColumns()) { return; }
  // Columns past those of dz are there for the sums.
  if (rows.x > 0u && columns.x >= params.columns) { return; }
  let i = min(rows, vec4u(params.units - 1u));
  let c = min(columns, vec4u(launchColumns() - 1u));
  let j = vec4u(sourceOf(c.x), sourceOf(c.y), sourceOf(c.z), sourceOf(c.w));
  var sums = vec4f();
  let reversed = isReversed(params.reverse);
  let first = select(0u, params.time - 1u, reversed);
  var s0 = vec4f(); var s1 = vec4f(); var s2 = vec4f(); var s3 = vec4f();
  let gate = min(j / params.units, vec4u(3u));
  var m0 = vec4f(1.0); var m1 = vec4f(1.0); var m2 = vec4f(1.0); var m3 = vec4f(1.0);
  for (var b = params.start / params.time; b * params.time < params.until; b++) {
    if (DROPS == 1u) {
      m0 = columnMasks(b, i.x, gate);
      m1 = columnMasks(b, i.y, gate);
      m2 = columnMasks(b, i.z, gate);
      m3 = columnMasks(b, i.w, gate);
    }
    let begin = max(params.start, b * params.time) - b * params.time;
    let end = min(params.until - b * params.time, params.time);
    for (var t = begin; t < end; t++) {
      var p = vec4f();
      if (t != first) {
        let q = directionRow(b * params.time + select(t - 1u, t + 1u, reversed)) * params.units + i;
        p = vec4f(h[q.x], h[q.y], h[q.z], h[q.w]);
      } else if (HAS_STATE == 1u) {
        let q = directionRow(b) * params.units + i;
        p = vec4f(h0[q.x], h0[q.y], h0[q.z], h0[q.w]);
      }
      let k = directionRow(b * params.time + t) * params.columns + j;
      var q = vec4f(dz[k.x], dz[k.y], dz[k.z], dz[k.w]);
      if (INNER == INNER_RESETS) { q *= resetsOf(b * params.time + t, c); }
      if (HAS_SUMS == 1u) { sums += q; }
      if (INNER == INNER_STATES) {
        // Columns of the last block saw other states, through the mask already.
        let seen = directionRow(b * params.time + t) * params.units + i;
        let isLast = j >= vec4u(2u * params.units);
        s0 += select(p.x * m0, vec4f(inner[seen.x]), isLast) * q;
        s1 += select(p.y * m1, vec4f(inner[seen.y]), isLast) * q;
        s2 += select(p.z * m2, vec4f(inner[seen.z]), isLast) * q;
        s3 += select(p.w * m3, vec4f(inner[seen.w]), isLast) * q;
        continue;
      }
      s0 += p.x * m0 * q; s1 += p.y * m1 * q; s2 += p.z * m2 * q; s3 += p.w * m3 * q;
    }
  }
  store(rows.x, columns.x, s0);
  store(rows.y, columns.x, s1);
  store(rows.z, columns.x, s2);
  store(rows.w, columns.x, s3);
  if (HAS_SUMS == 1u && rows.x == 0u) { storeSums(columns.x, sums); }
}
