// Connectionist temporal classification (Graves et al. 2006): of all ways to read labels from probabilities over time, with blanks
// between and labels repeated, the negative logarithm of their sum. States are blank, label, blank, label, …, blank; alpha
// [batch, time, states] has the logarithm of what leads to a state at a time step. A workgroup owns a sample.

import package::lib::index::workgroupIndex;
import package::lib::ctc::{addLogs, classOf, LOG_ZERO};

struct Params { time: u32, classes: u32, most: u32, states: u32, blank: u32, batch: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> labels: array<f32>;
@group(0) @binding(2) var<storage, read> labelLengths: array<f32>;
@group(0) @binding(3) var<storage, read> lengths: array<f32>;
@group(0) @binding(4) var<storage, read_write> loss: array<f32>;
@group(0) @binding(5) var<storage, read_write> alpha: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;

@compute @workgroup_size(64)
fn ctc(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let sample = workgroupIndex(workgroup);
  let first = sample * params.time;
  for (var s = thread; s < params.states; s += 64u) {
    alpha[first * params.states + s] = select(LOG_ZERO, x[first * params.classes + classOf(sample, s)], s < 2u);
  }
  for (var t = 1u; t < params.time; t++) {
    storageBarrier();
    let before = (first + t - 1u) * params.states;
    for (var s = thread; s < params.states; s += 64u) {
      let own = classOf(sample, s);
      let beside = select(LOG_ZERO, alpha[before + max(s, 1u) - 1u], s >= 1u);
      // A blank between two labels may be left out where they differ.
      let over = select(LOG_ZERO, alpha[before + max(s, 2u) - 2u], (s >= 3u) & (s % 2u == 1u) & (own != classOf(sample, max(s, 2u) - 2u)));
      let sum = addLogs(addLogs(alpha[before + s], beside), over);
      alpha[before + params.states + s] = sum + x[(first + t) * params.classes + own];
    }
  }
  storageBarrier();
  if (thread == 0u) {
    let end = 2u * u32(labelLengths[sample]);
    let last = (first + max(u32(lengths[sample]), 1u) - 1u) * params.states;
    loss[sample] = -addLogs(alpha[last + end], select(LOG_ZERO, alpha[last + max(end, 1u) - 1u], end >= 1u));
  }
}
