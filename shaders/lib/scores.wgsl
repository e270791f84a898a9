// The scores of an attention as its softmax reads them: x [batch, heads, queries, keys], scaled, and far below all others where
// a mask, causality or a window leaves a key out. A row is a query of a head.

struct Params {
  size: u32, columns: u32,
  // Rows of a head, and heads of a sample.
  rows: u32, heads: u32,
  scale: f32,
  causal: u32,
  // How far keys may lie from a query, exclusive; 0 is any distance.
  window: u32,
  // Whether what is left out has no score at all; else its score is lowered by as much.
  isFlat: u32,
  // Whether a query without any key has weights 0; else they are equal.
  isZero: u32,
  hasQueries: u32, hasKeys: u32, hasMask: u32,
  // Strides of `mask` from sample to sample, head to head, query to query, key to key; 0 where it is broadcast.
  maskOuter: u32, maskHead: u32, maskRow: u32, maskColumn: u32,
}
@group(0) @binding(0) var<storage, read> x: array<f32>;
// Not 0 where a query [batch, queries], a key [batch, keys], or a pair of both counts.
@group(0) @binding(1) var<storage, read> queries: array<f32>;
@group(0) @binding(2) var<storage, read> keys: array<f32>;
@group(0) @binding(3) var<storage, read> mask: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

// As in Keras for f32, whose neighbours are 64 apart there.
const MASKED = -1e9;

fn counts(row: u32, j: u32) -> bool {
  let query = row % params.rows;
  if (params.causal == 1u && j > query) { return false; }
  if (params.window > 0u && max(query, j) - min(query, j) >= params.window) { return false; }
  let head = row / params.rows;
  let sample = head / params.heads;
  if (params.hasQueries == 1u && queries[sample * params.rows + query] == 0.0) { return false; }
  if (params.hasKeys == 1u && keys[sample * params.columns + j] == 0.0) { return false; }
  if (params.hasMask == 0u) { return true; }
  let at = sample * params.maskOuter + head % params.heads * params.maskHead + query * params.maskRow + j * params.maskColumn;
  return mask[at] != 0.0;
}

fn scoreOf(row: u32, j: u32) -> f32 {
  let score = params.scale * x[row * params.columns + j];
  if (counts(row, j)) { return score; }
  return select(score, 0.0, params.isFlat == 1u) + MASKED;
}

// The sum of the weights of a query whose largest score this is.
fn sumOf(largest: f32) -> f32 { return select(1.0, 0.0, params.isZero == 1u && largest <= MASKED); }
