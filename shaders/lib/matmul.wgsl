// What the matmul kernels share: y = act(op(a)·op(b) + bias), op(a) [m, k], op(b) [k, n]; transposes are strides.
// columnSums[j] = Σ_k op(b)[k, j]: where y is a weight gradient, this is the bias gradient, for the price of a few additions.
// A batch of products is outer · heads of them: strides lead from one to the next, so that heads may lie between rows and
// columns. A matrix of b serves `groups` heads of a, one after another.

import package::lib::activation::activate;
import package::lib::operand::Operand4;

struct Params {
  m: u32, n: u32, k: u32,
  aRow: u32, aColumn: u32, bRow: u32, bColumn: u32, yRow: u32,
  heads: u32, groups: u32,
  aHead: u32, aOuter: u32, bHead: u32, bOuter: u32, yHead: u32, yOuter: u32,
  hasBias: u32, hasSums: u32,
  // The number of products, and of the parts into which each product's k is split.
  batch: u32, chunks: u32,
  // Which k of each part this launch adds to the sums of earlier launches.
  start: u32, until: u32,
}

@group(0) @binding(0) var<storage, read> a: array<Operand4>;
@group(0) @binding(1) var<storage, read> b: array<Operand4>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<storage, read_write> columnSums: array<f32>;
// [batch · chunks, m + 1, n]: the sums of each part of k, the column sums in the last row.
@group(0) @binding(5) var<storage, read_write> parts: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

// Code of the activation applied to the product.
override ACTIVATION: u32 = 0u;

// Along which axis four factors of op(a) are one aligned vector, and whether four along a row of op(b) are. Constants, so that
// loads have no branches: behind a branch, a GPU would wait for each load before it asks for the next.
override A_VECTORS: u32 = 0u;
override B_VECTORS: u32 = 0u;
const ALONG_K = 1u;
const ACROSS_K = 2u;

const LANES = vec4u(0u, 1u, 2u, 3u);

// The product that this thread works on, and where its matrices begin.
var<private> which: u32;
var<private> startA: u32;
var<private> startB: u32;
var<private> startY: u32;

fn enter(product: u32) {
  which = product;
  let outer = product / params.heads;
  let head = product % params.heads;
  startA = outer * params.aOuter + head * params.aHead;
  startB = outer * params.bOuter + head / params.groups * params.bHead;
  startY = outer * params.yOuter + head * params.yHead;
}

// Rows and columns past the edge repeat the last one, and their results are not stored; past the end of k the factors are 0.
fn factorsA(row: u32, k: u32) -> vec4f {
  let first = startA + min(row, params.m - 1u) * params.aRow;
  if (A_VECTORS == ALONG_K) { return select(vec4f(), a[(first + k) / 4u], k < params.k); }
  let ks = k + LANES;
  let p = first + min(ks, vec4u(params.k - 1u)) * params.aColumn;
  let q = p % 4u;
  let found = vec4f(a[p.x / 4u][q.x], a[p.y / 4u][q.y], a[p.z / 4u][q.z], a[p.w / 4u][q.w]);
  return select(vec4f(), found, ks < vec4u(params.k));
}

// Factors of four rows; each row's vector holds k to k + 3.
fn blockA(row: u32, k: u32) -> mat4x4f {
  if (A_VECTORS == ACROSS_K) { return transpose(mat4x4f(acrossA(row, k), acrossA(row, k + 1u), acrossA(row, k + 2u), acrossA(row, k + 3u))); }
  return mat4x4f(factorsA(row, k), factorsA(row + 1u, k), factorsA(row + 2u, k), factorsA(row + 3u, k));
}

fn acrossA(row: u32, k: u32) -> vec4f {
  let at = startA + min(k, params.k - 1u) * params.aColumn + min(row, params.m - 4u);
  return select(vec4f(), a[at / 4u], k < params.k);
}

fn factorsB(k: u32, column: u32) -> vec4f {
  let first = startB + min(k, params.k - 1u) * params.bRow;
  let inside = k < params.k;
  if (B_VECTORS == 1u) { return select(vec4f(), b[(first + min(column, params.n - 4u)) / 4u], inside); }
  let p = first + min(column + LANES, vec4u(params.n - 1u)) * params.bColumn;
  let q = p % 4u;
  return select(vec4f(), vec4f(b[p.x / 4u][q.x], b[p.y / 4u][q.y], b[p.z / 4u][q.z], b[p.w / 4u][q.w]), inside);
}

fn biasOf(column: u32) -> vec4f {
  if (params.hasBias == 0u) { return vec4f(); }
  let at = min(column + LANES, vec4u(params.n - 1u));
  return vec4f(bias[at.x], bias[at.y], bias[at.z], bias[at.w]);
}

fn store(row: u32, column: u32, sum: vec4f) { storeWith(biasOf(column), row, column, sum); }

fn storeWith(added: vec4f, row: u32, column: u32, sum: vec4f) {
  if (row >= params.m) { return; }
  let first = startY + row * params.yRow + column;
  var value = sum;
  if (params.start > 0u) {
    for (var j = 0u; j < 4u; j++) {
      if (column + j < params.n) { value[j] += y[first + j]; }
    }
  }
  if (params.until >= params.k) { value = activate(ACTIVATION, value + added); }
  for (var j = 0u; j < 4u; j++) {
    if (column + j < params.n) { y[first + j] = value[j]; }
  }
}

fn storeColumnSums(column: u32, sum: vec4f) {
  for (var j = 0u; j < 4u; j++) {
    if (column + j >= params.n) { break; }
    let at = which * params.n + column + j;
    columnSums[at] = select(0.0, columnSums[at], params.start > 0u) + sum[j];
  }
}
