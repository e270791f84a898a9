// The LSTM recurrence by lib/recurrence/fused_gradient.wgsl.

import package::lib::recurrence::fused_gradient::{THREADS, runFusedGradient};
import package::memory::{recurrentKernel, c, c0, dh, dcLast, gates, dh0, dc0};

@compute @workgroup_size(THREADS)
fn lstmFusedGradient(
  @builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32,
) { runFusedGradient(workgroup, thread); }
