// The second of Adafactor's three launches: v, for matrices r / mean(r) · c with this step's c, and of each chunk the sum of squares
// of u = g / √v.

import package::lib::factored::{HEAD, THREADS, chunkOf, newShare, squareOf, total, toward};
import package::lib::index::workgroupIndex;
import package::lib::loss_scale::unscaling;

struct Params { count: u32, epsilon: f32, decay: f32 }
@group(0) @binding(0) var<storage, read> chunks: array<f32>;
@group(0) @binding(1) var<storage, read> gradients: array<f32>;
@group(0) @binding(2) var<storage, read> rows: array<f32>;
@group(0) @binding(3) var<storage, read> columns: array<f32>;
@group(0) @binding(4) var<storage, read> partials: array<f32>;
@group(0) @binding(5) var<storage, read_write> velocity: array<f32>;
@group(0) @binding(6) var<storage, read_write> squares: array<f32>;
@group(0) @binding(7) var<uniform> params: Params;

// Stores v of an element, and returns u².
fn store(i: u32, v: f32) -> f32 {
  velocity[i] = v;
  let u = unscaling() * gradients[i] / sqrt(v);
  return u * u;
}

@compute @workgroup_size(256)
fn adafactorSquares(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let w = workgroupIndex(workgroup);
  if (w >= params.count || unscaling() == 0.0) { return; }
  let chunk = chunkOf(w);
  let share = newShare();
  var sum = 0.0;
  if (chunk.height == 0u) {
    for (var i = chunk.offset + thread; i < chunk.offset + chunk.columns; i += THREADS) {
      sum += store(i, toward(velocity[i], squareOf(i), share));
    }
  } else {
    var means = 0.0;
    for (var block = thread; block < chunk.blocks; block += THREADS) {
      means += partials[chunk.matrix + block * chunk.stride];
    }
    let mean = total(thread, means) / f32(chunk.height);
    let width = min(chunk.columns, THREADS);
    let turns = THREADS / width;
    let turn = thread / width;
    for (var column = thread % width; column < chunk.columns && turn < turns; column += width) {
      var all = 0.0;
      for (var block = 0u; block < chunk.blocks; block++) {
        all += partials[chunk.matrix + block * chunk.stride + HEAD + column];
      }
      let c = toward(columns[chunk.c + column], all / f32(chunk.height), share);
      for (var row = turn; row < chunk.rows; row += turns) {
        sum += store(chunk.offset + row * chunk.columns + column, rows[chunk.r + row] / mean * c);
      }
    }
  }
  sum = total(thread, sum);
  if (thread == 0u) { squares[w] = sum; }
}
