// The scalars that change from one training step to the next. A kernel that reads them imports
//   import package::lib::step::step;
// A new scalar is added at the end of the struct, which has room for 64, and is given by its name on the CPU side: by an
// optimizer's `scalars`, or by the loops in src/models, which know the position in the data.

struct Step {
  // First row of the batch in the permutation.
  start: u32,
  // Number of the training step, from 1; also the counter of random draws.
  iteration: u32,
  // The optimizer's effective rate, bias corrections included where the loss is not scaled.
  rate: f32,
  // 1 in the first training step of an epoch, in which sums over an epoch start from zero.
  reset: u32,
  // Further factors of an optimizer's update, beside the rate; its kernel says which. Not of use where the loss is scaled.
  first: f32,
  second: f32,
  // What the weight decay of each weight is multiplied by: the learning rate.
  decay: f32,
  // Where the loss is scaled, a bit for each update of the step: 1 where its learning rate follows a schedule, which counts updates.
  scheduled: u32,
  // Where a step updates weights several times, of each update in order: its learning rate, and how many its optimizer has made with it.
  rate0: f32,
  updates0: u32,
  rate1: f32,
  updates1: u32,
  rate2: f32,
  updates2: u32,
  rate3: f32,
  updates3: u32,
  rate4: f32,
  updates4: u32,
  rate5: f32,
  updates5: u32,
  rate6: f32,
  updates6: u32,
  rate7: f32,
  updates7: u32,
}

@group(1) @binding(0) var<uniform> step: Step;
