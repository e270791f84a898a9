// The LSTM recurrence by lib/recurrence/streamed.wgsl.

import package::lib::recurrence::streamed::{THREADS, runStreamed};
import package::memory::{recurrentKernel, h0, c0, gates, h, c, hLast, cLast};

@compute @workgroup_size(THREADS)
fn lstmSequence(
  @builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32,
) { runStreamed(workgroup, thread); }
