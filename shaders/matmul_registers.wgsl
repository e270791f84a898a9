// y = act(op(a)·op(b) + bias): each thread owns a 4×4 tile of y in registers and walks along k by itself.

import package::lib::index::tileIndex;
import package::lib::matmul::{params, enter, startA, startB, store, storeColumnSums};
import package::lib::operand::Operand;

@group(0) @binding(0) var<storage, read> a: array<Operand>;
@group(0) @binding(1) var<storage, read> b: array<Operand>;

const LANES = vec4u(0u, 1u, 2u, 3u);

@compute @workgroup_size(8, 8)
fn matmulRegisters(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  let tile = tileIndex(workgroup, params.n, params.m, vec2u(32u));
  let rows = (tile.y * 8u + local.y) * 4u + LANES;
  let columns = (tile.x * 8u + local.x) * 4u + LANES;
  if (rows.x >= params.m || columns.x >= params.n) { return; }
  enter(tile.z);
  // Rows and columns past the edge repeat the last one, and their results are not stored.
  var i = startA + min(rows, vec4u(params.m - 1u)) * params.aRow + params.start * params.aColumn;
  var j = startB + min(columns, vec4u(params.n - 1u)) * params.bColumn + params.start * params.bRow;
  var s0 = vec4f(); var s1 = vec4f(); var s2 = vec4f(); var s3 = vec4f();
  var sums = vec4f();
  let wantsSums = params.hasSums == 1u && rows.x == 0u;
  for (var k = params.start; k < params.until; k++) {
    let p = vec4f(a[i.x], a[i.y], a[i.z], a[i.w]);
    let q = vec4f(b[j.x], b[j.y], b[j.z], b[j.w]);
    s0 += p.x * q; s1 += p.y * q; s2 += p.z * q; s3 += p.w * q;
    if (wantsSums) { sums += q; }
    i += params.aColumn;
    j += params.bRow;
  }
  store(rows.x, columns.x, s0);
  store(rows.y, columns.x, s1);
  store(rows.z, columns.x, s2);
  store(rows.w, columns.x, s3);
  if (wantsSums) { storeColumnSums(columns.x, sums); }
}
