// The gradient of ctc.wgsl by the logarithms x of probabilities: the share that states of a class have of all ways at a time step.
// beta [batch, 2, states] has the logarithm of what leads from a state to the end, of two time steps in turn. A workgroup owns a
// sample.

import package::lib::index::workgroupIndex;
import package::lib::ctc::{addLogs, classOf, LOG_ZERO};

struct Params { time: u32, classes: u32, most: u32, states: u32, blank: u32, batch: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> labels: array<f32>;
@group(0) @binding(2) var<storage, read> labelLengths: array<f32>;
@group(0) @binding(3) var<storage, read> lengths: array<f32>;
@group(0) @binding(4) var<storage, read> alpha: array<f32>;
@group(0) @binding(5) var<storage, read> dloss: array<f32>;
@group(0) @binding(6) var<storage, read_write> dx: array<f32>;
@group(0) @binding(7) var<storage, read_write> beta: array<f32>;
@group(0) @binding(8) var<uniform> params: Params;

@compute @workgroup_size(64)
fn ctcGradient(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let sample = workgroupIndex(workgroup);
  let first = sample * params.time;
  let length = max(u32(lengths[sample]), 1u);
  let end = 2u * u32(labelLengths[sample]);
  let last = (first + length - 1u) * params.states;
  let total = addLogs(alpha[last + end], select(LOG_ZERO, alpha[last + max(end, 1u) - 1u], end >= 1u));
  // Where there is no way at all there is no gradient.
  let scale = select(0.0, -dloss[sample], total > 0.1 * LOG_ZERO);
  for (var back = 0u; back < params.time; back++) {
    let t = params.time - 1u - back;
    let here = (2u * sample + t % 2u) * params.states;
    let next = (2u * sample + (t + 1u) % 2u) * params.states;
    let after = (first + min(t + 1u, params.time - 1u)) * params.classes;
    for (var s = thread; s < params.states; s += 64u) {
      let own = classOf(sample, s);
      let one = min(s + 1u, params.states - 1u);
      let two = min(s + 2u, params.states - 1u);
      let beside = select(LOG_ZERO, beta[next + one] + x[after + classOf(sample, one)], s + 1u <= end);
      let over = select(LOG_ZERO, beta[next + two] + x[after + classOf(sample, two)], (s + 2u <= end) & (s % 2u == 1u) & (own != classOf(sample, two)));
      let sum = addLogs(addLogs(beta[next + s] + x[after + own], beside), over);
      let atEnd = select(LOG_ZERO, 0.0, (t + 1u == length) & (s <= end) & (s + 1u >= end));
      beta[here + s] = select(atEnd, sum, t + 1u < length);
    }
    storageBarrier();
    for (var c = thread; c < params.classes; c += 64u) {
      var share = 0.0;
      for (var s = 0u; s <= end; s++) {
        let way = exp(alpha[(first + t) * params.states + s] + beta[here + s] - total);
        share += select(0.0, way, classOf(sample, s) == c);
      }
      dx[(first + t) * params.classes + c] = select(0.0, scale * share, t < length);
    }
  }
}
