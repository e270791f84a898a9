// The LSTM or ConvLSTM recurrence by lib/recurrence/stepwise.wgsl.

import package::lib::recurrence::stepwise::runStepwise;
import package::memory::{recurrentKernel, h0, c0, gates, h, c, hLast, cLast};

@compute @workgroup_size(64)
fn lstmStep(@builtin(global_invocation_id) id: vec3u) { runStepwise(id); }
