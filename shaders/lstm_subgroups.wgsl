// The LSTM recurrence by lib/recurrence/subgroups.wgsl.

import package::lib::recurrence::subgroups::{recurrentKernel, THREADS, runSubgroups};
import package::memory::{h0, c0, gates, h, c, hLast, cLast};

enable subgroups;

@compute @workgroup_size(THREADS)
fn lstmSubgroups(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) thread: u32, @builtin(subgroup_invocation_id) lane: u32,
) { runSubgroups(workgroup, thread, lane); }
