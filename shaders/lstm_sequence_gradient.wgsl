// The LSTM recurrence by lib/recurrence/streamed_gradient.wgsl.

import package::lib::recurrence::streamed_gradient::{THREADS, runStreamedGradient};
import package::memory::{recurrentKernel, c, c0, dh, dcLast, gates, dh0, dc0};

@compute @workgroup_size(THREADS)
fn lstmSequenceGradient(
  @builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32,
) { runStreamedGradient(workgroup, thread); }
