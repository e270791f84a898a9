// The LSTM recurrence by lib/recurrence/fused.wgsl.

import package::lib::recurrence::fused::{THREADS, runFused};
import package::memory::{recurrentKernel, h0, c0, gates, h, c, hLast, cLast};

@compute @workgroup_size(THREADS)
fn lstmFused(
  @builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32,
) { runFused(workgroup, thread); }
