// Chunks of weights for Adafactor (src/ops/adafactor.ts): of a matrix some whole rows, of a vector some elements. A workgroup of 256
// threads has one, and adds up in one order.

import package::kernel::{chunks, gradients, params};
import package::lib::loss_scale::{SCALED, scaling, unscaling};
import package::lib::step::step;

const THREADS = 256u;
// Numbers of a chunk in the table, and those in front of the sums of its columns: the sum of r, and of its squared weights.
const NUMBERS = 12u;
const HEAD = 2u;
const UNIT = 64u;

var<workgroup> sums: array<f32, THREADS>;

struct Chunk {
  // Of its first element; its rows, and their length.
  offset: u32, rows: u32, columns: u32,
  // Rows of its matrix, 0 for a vector, of which a chunk is one row; where r of its rows and c of its matrix lie.
  height: u32, r: u32, c: u32,
  // Its sums, and those of the first of the `blocks` chunks of its matrix; how far those of two chunks are apart.
  partials: u32, matrix: u32, blocks: u32, stride: u32,
  // The chunks of its weight, and the sums of the first; elements of the weight.
  first: u32, count: u32, weight: u32, size: f32,
}

// A number of the table, which are float32; places are in units of UNIT.
fn number(w: u32, at: u32) -> u32 { return u32(chunks[NUMBERS * w + at]); }

fn chunkOf(w: u32) -> Chunk {
  let columns = number(w, 3u);
  let height = number(w, 4u);
  let first = number(w, 8u);
  let blocks = number(w, 10u);
  let matrix = (w - first) / blocks;
  let row = matrix * height + (w - first) % blocks * number(w, 1u);
  let stride = select(HEAD, HEAD + columns, height > 0u);
  let weight = UNIT * number(w, 7u);
  return Chunk(
    UNIT * number(w, 0u) + row * columns, number(w, 2u), columns,
    height, UNIT * number(w, 5u) + row, UNIT * number(w, 6u) + matrix * columns,
    weight + (w - first) * stride, weight + matrix * blocks * stride, blocks, stride,
    first, number(w, 9u), weight, chunks[NUMBERS * w + 11u],
  );
}

// The sum of all threads' values; all threads must call this, since it has barriers.
fn total(thread: u32, value: f32) -> f32 {
  workgroupBarrier();
  sums[thread] = value;
  for (var half = THREADS / 2u; half > 0u; half >>= 1u) {
    workgroupBarrier();
    if (thread < half) { sums[thread] += sums[thread + half]; }
  }
  workgroupBarrier();
  return sums[0];
}

// g² + ε₁.
fn squareOf(i: u32) -> f32 {
  let g = unscaling() * gradients[i];
  return g * g + params.epsilon;
}

// The share of this step in the means of squares, tᵈ.
fn newShare() -> f32 {
  if (SCALED == 0u) { return step.first; }
  return pow(scaling[2], params.decay);
}

fn toward(mean: f32, value: f32, share: f32) -> f32 { return (1.0 - share) * mean + share * value; }
