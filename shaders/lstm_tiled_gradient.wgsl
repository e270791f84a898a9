// The LSTM recurrence by lib/recurrence/tiled_gradient.wgsl.

import package::lib::recurrence::tiled_gradient::{THREADS, runTiledGradient};
import package::memory::{recurrentKernel, c, c0, dh, dcLast, gates, dh0, dc0};

@compute @workgroup_size(THREADS)
fn lstmTiledGradient(
  @builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32,
) { runTiledGradient(workgroup, thread); }
