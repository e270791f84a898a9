// The LSTM or ConvLSTM recurrence by lib/recurrence/stepwise_gradient.wgsl.

import package::lib::recurrence::stepwise_gradient::runStepwiseGradient;
import package::memory::{recurrentKernel, c, c0, dh, dcLast, gates, dh0, dc0};

@compute @workgroup_size(64)
fn lstmStepGradient(@builtin(global_invocation_id) id: vec3u) { runStepwiseGradient(id); }
