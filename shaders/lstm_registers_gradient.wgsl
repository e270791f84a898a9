// The LSTM recurrence by lib/recurrence/registers_gradient.wgsl.

import package::lib::recurrence::registers_gradient::{THREADS, runRegistersGradient};
import package::memory::{recurrentKernel, c, c0, dh, dcLast, gates, dh0, dc0};

@compute @workgroup_size(THREADS)
fn lstmRegistersGradient(
  @builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32,
) { runRegistersGradient(workgroup, thread); }
