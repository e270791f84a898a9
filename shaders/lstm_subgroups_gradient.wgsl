// The LSTM recurrence by lib/recurrence/subgroups_gradient.wgsl.

import package::lib::recurrence::subgroups_gradient::{THREADS, runSubgroupsGradient};
import package::memory::{recurrentKernel, c, c0, dh, dcLast, gates, dh0, dc0};

enable subgroups;

@compute @workgroup_size(THREADS)
fn lstmSubgroupsGradient(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) thread: u32, @builtin(subgroup_invocation_id) lane: u32,
) { runSubgroupsGradient(workgroup, thread, lane); }
