// The first of Adafactor's three launches: the means of squares of rows, r, and of each chunk the sums of squares of its columns, of
// its r, and of its weights.

import package::lib::factored::{HEAD, THREADS, chunkOf, newShare, squareOf, sums, total, toward};
import package::lib::index::workgroupIndex;
import package::lib::loss_scale::unscaling;

struct Params { count: u32, epsilon: f32, decay: f32 }
@group(0) @binding(0) var<storage, read> chunks: array<f32>;
@group(0) @binding(1) var<storage, read> gradients: array<f32>;
@group(0) @binding(2) var<storage, read> parameters: array<f32>;
@group(0) @binding(3) var<storage, read_write> rows: array<f32>;
@group(0) @binding(4) var<storage, read_write> partials: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(256)
fn adafactorRows(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let w = workgroupIndex(workgroup);
  if (w >= params.count || unscaling() == 0.0) { return; }
  let chunk = chunkOf(w);
  var squares = 0.0;
  for (var i = thread; i < chunk.rows * chunk.columns; i += THREADS) {
    let weight = parameters[chunk.offset + i];
    squares += weight * weight;
  }
  squares = total(thread, squares);
  if (thread == 0u) { partials[chunk.partials + 1u] = squares; }
  if (chunk.height == 0u) { return; }

  // A row has a power of two of the threads, as many as it has columns.
  var span = 1u;
  while (span < THREADS && 2u * span <= chunk.columns) { span *= 2u; }
  var means = 0.0;
  for (var base = 0u; base < chunk.rows; base += THREADS / span) {
    let row = base + thread / span;
    var sum = 0.0;
    if (row < chunk.rows) {
      for (var j = thread % span; j < chunk.columns; j += span) {
        sum += squareOf(chunk.offset + row * chunk.columns + j);
      }
    }
    workgroupBarrier();
    sums[thread] = sum;
    for (var half = span / 2u; half > 0u; half >>= 1u) {
      workgroupBarrier();
      if (thread % span < half) { sums[thread] += sums[thread + half]; }
    }
    if (row < chunk.rows && thread % span == 0u) {
      let r = toward(rows[chunk.r + row], sums[thread] / f32(chunk.columns), newShare());
      rows[chunk.r + row] = r;
      means += r;
    }
  }
  means = total(thread, means);
  if (thread == 0u) { partials[chunk.partials] = means; }

  // A column has as many threads as there are for each, which take turns with its rows.
  let width = min(chunk.columns, THREADS);
  let turns = THREADS / width;
  let turn = thread / width;
  for (var base = 0u; base < chunk.columns; base += width) {
    let column = base + thread % width;
    var sum = 0.0;
    if (turn < turns && column < chunk.columns) {
      for (var row = turn; row < chunk.rows; row += turns) {
        sum += squareOf(chunk.offset + row * chunk.columns + column);
      }
    }
    workgroupBarrier();
    sums[thread] = sum;
    workgroupBarrier();
    if (turn == 0u && column < chunk.columns) {
      for (var other = 1u; other < turns; other++) { sum += sums[other * width + thread]; }
      partials[chunk.partials + HEAD + column] = sum;
    }
  }
}
