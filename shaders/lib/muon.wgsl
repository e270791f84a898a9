// Chunks of weights for Muon (src/ops/muon.ts), of which a workgroup has one each.

import package::kernel::{chunks, params};

const NUMBERS = 7u;
const UNIT = 64u;
const HIGH = 4096u;

// Of its first weight, and of the first after it; where its direction lies, or its second moment; the chunks of its weight.
struct Chunk { offset: u32, length: u32, place: u32, first: u32, count: u32 }

fn number(w: u32, at: u32) -> u32 { return u32(chunks[NUMBERS * w + at]); }

fn chunkOf(w: u32) -> Chunk {
  let place = UNIT * number(w, 2u) + HIGH * number(w, 3u) + number(w, 4u);
  return Chunk(UNIT * number(w, 0u), number(w, 1u), place, number(w, 5u), number(w, 6u));
}
