// y = act(op(a)·op(b) + bias), op(a) [m, k], op(b) [k, n]; transposes are strides.
// columnSums[j] = Σ_k op(b)[k, j]: the bias gradient, for the price of a few additions, where y is a weight gradient.
//
// Each thread owns a 4×4 tile of y in registers: no barrier, and no shared memory to fit.

import package::lib::activation::activate;

struct Params {
  m: u32, n: u32, k: u32,
  aRow: u32, aColumn: u32, bRow: u32, bColumn: u32,
  hasBias: u32, hasSums: u32,
}

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<storage, read_write> columnSums: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

// Code of the activation that ends the product.
override ACTIVATION: u32 = 0u;

const LANES = vec4u(0u, 1u, 2u, 3u);

fn store(row: u32, columns: vec4u, sum: vec4f) {
  if (row >= params.m) { return; }
  var value = sum;
  if (params.hasBias == 1u) {
    let at = min(columns, vec4u(params.n - 1u));
    value += vec4f(bias[at.x], bias[at.y], bias[at.z], bias[at.w]);
  }
  value = activate(ACTIVATION, value);
  for (var j = 0u; j < 4u; j++) {
    if (columns[j] < params.n) { y[row * params.n + columns[j]] = value[j]; }
  }
}

@compute @workgroup_size(8, 8)
fn matmul(@builtin(global_invocation_id) id: vec3u) {
  let rows = id.y * 4u + LANES;
  let columns = id.x * 4u + LANES;
  if (rows.x >= params.m || columns.x >= params.n) { return; }
  // Rows and columns past the edge read the last one and are not stored.
  var i = min(rows, vec4u(params.m - 1u)) * params.aRow;
  var j = min(columns, vec4u(params.n - 1u)) * params.bColumn;
  var s0 = vec4f(); var s1 = vec4f(); var s2 = vec4f(); var s3 = vec4f();
  var sums = vec4f();
  let wantsSums = params.hasSums == 1u && rows.x == 0u;
  for (var k = 0u; k < params.k; k++) {
    let p = vec4f(a[i.x], a[i.y], a[i.z], a[i.w]);
    let q = vec4f(b[j.x], b[j.y], b[j.z], b[j.w]);
    s0 += p.x * q; s1 += p.y * q; s2 += p.z * q; s3 += p.w * q;
    if (wantsSums) { sums += q; }
    i += params.aColumn;
    j += params.bRow;
  }
  store(rows.x, columns, s0);
  store(rows.y, columns, s1);
  store(rows.z, columns, s2);
  store(rows.w, columns, s3);
  if (wantsSums) {
    for (var c = 0u; c < 4u; c++) {
      if (columns[c] < params.n) { columnSums[columns[c]] = sums[c]; }
    }
  }
}
