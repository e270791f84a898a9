// Chunks of weights, of which a workgroup has one each (src/ops/aroundUpdate.ts), and gradients on their way to an update.

import package::kernel::{accumulated, chunks, gradients, params};
import package::lib::loss_scale::{SCALED, scaling, unscaling};
import package::lib::step::step;

// From `offset` to before `end`; the chunks of its weight are `count` from `first` on; the weight decay.
struct Chunk { offset: u32, end: u32, first: u32, count: u32, decay: f32 }

fn chunkOf(w: u32) -> Chunk {
  let at = 5u * w;
  let offset = params.unit * u32(chunks[at]);
  return Chunk(
    offset,
    offset + u32(chunks[at + 1u]),
    u32(chunks[at + 2u]),
    u32(chunks[at + 3u]),
    chunks[at + 4u],
  );
}

// This step's gradient without the scale of the loss, and where several steps are averaged, those of the steps before.
fn average(i: u32) -> f32 {
  let g = unscaling() * params.factor * gradients[i];
  if (params.steps == 0u) { return g; }
  return (g + accumulated[i]) / f32(params.steps);
}

// Steps done, this one included; with loss scaling those that were not skipped.
fn stepsDone() -> u32 {
  if (SCALED == 1u) { return u32(scaling[2]); }
  return step.iteration;
}

// Whether the step is the last of those whose gradients are averaged.
fn isLast() -> bool { return params.steps == 0u || stepsDone() % params.steps == 0u; }
