// What changes from one step to the next, shared by all kernels that need it:
//   import package::lib::step::step;
// A kernel that needs another scalar adds it at the end; who hands steps over gives it by its name: optimizers in
// `scalars`, loops in src/models what the place in the data says. There is room for 64 of them.

struct Step {
  // First row of the batch in the permutation.
  start: u32,
  // Optimizer steps taken, 1 in the first; counts the random draws too.
  iteration: u32,
  // The optimizer's effective rate, bias corrections included where the loss is not scaled.
  rate: f32,
  // 1 in the first step of an epoch, where running means start anew.
  reset: u32,
}

@group(1) @binding(0) var<uniform> step: Step;
