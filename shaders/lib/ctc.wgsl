// Logarithms of sums and classes of states, for ctc.wgsl and its gradient.

import package::kernel::{labels, params};

// Stands for the logarithm of 0: finite, so that differences are no NaN.
const LOG_ZERO = -1e30;

fn addLogs(a: f32, b: f32) -> f32 { return max(a, b) + log(1.0 + exp(min(a, b) - max(a, b))); }

// The class of a state. The kernel that imports this file declares labels and params.
fn classOf(sample: u32, state: u32) -> u32 {
  let label = u32(labels[sample * params.most + min(state / 2u, params.most - 1u)]);
  return min(select(params.blank, label, state % 2u == 1u), params.classes - 1u);
}
