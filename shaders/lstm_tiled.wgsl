// The LSTM recurrence by lib/recurrence/tiled.wgsl.

import package::lib::recurrence::tiled::{recurrentKernel, THREADS, runTiled};
import package::memory::{h0, c0, gates, h, c, hLast, cLast};

@compute @workgroup_size(THREADS)
fn lstmTiled(
  @builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32,
) { runTiled(workgroup, thread); }
