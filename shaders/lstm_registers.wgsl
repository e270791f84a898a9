// The LSTM recurrence by lib/recurrence/registers.wgsl.

import package::lib::recurrence::registers::{THREADS, runRegisters};
import package::memory::{recurrentKernel, h0, c0, gates, h, c, hLast, cLast};

@compute @workgroup_size(THREADS)
fn lstmRegisters(
  @builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32,
) { runRegisters(workgroup, thread); }
