// The last of Adafactor's three launches (Shazeer and Stern 2018, Keras's form): w −= max(ε₂, rms(w)) · min(rate, 1/√t) · u /
// max(1, rms(u) / threshold), and c of each matrix, which the first of its chunks stores.

import package::lib::factored::{HEAD, THREADS, chunkOf, newShare, total, toward};
import package::lib::index::workgroupIndex;
import package::lib::loss_scale::{SCALED, rateOfStep, scaling, unscaling};
import package::lib::nan::orNan;

struct Params { count: u32, epsilon: f32, decay: f32, least: f32, threshold: f32 }
@group(0) @binding(0) var<storage, read> chunks: array<f32>;
@group(0) @binding(1) var<storage, read> gradients: array<f32>;
@group(0) @binding(2) var<storage, read> partials: array<f32>;
@group(0) @binding(3) var<storage, read> squares: array<f32>;
@group(0) @binding(4) var<storage, read> velocity: array<f32>;
@group(0) @binding(5) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(6) var<storage, read_write> columns: array<f32>;
@group(0) @binding(7) var<uniform> params: Params;

@compute @workgroup_size(256)
fn adafactor(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let w = workgroupIndex(workgroup);
  if (w >= params.count || unscaling() == 0.0) { return; }
  let chunk = chunkOf(w);
  var ofSteps = 0.0;
  var ofWeights = 0.0;
  for (var other = thread; other < chunk.count; other += THREADS) {
    ofSteps += squares[chunk.first + other];
    ofWeights += partials[chunk.weight + other * chunk.stride + 1u];
  }
  let rms = sqrt(total(thread, ofWeights) / chunk.size);
  let excess = sqrt(total(thread, ofSteps) / chunk.size) / params.threshold;
  var rate = rateOfStep();
  if (SCALED == 1u) { rate = min(rate, inverseSqrt(scaling[2])); }
  rate *= orNan(max(params.least, rms), rms) / orNan(max(1.0, excess), excess);
  for (var i = chunk.offset + thread; i < chunk.offset + chunk.rows * chunk.columns; i += THREADS) {
    parameters[i] -= rate * (unscaling() * gradients[i] / sqrt(velocity[i]));
  }
  if (chunk.height == 0u || chunk.partials != chunk.matrix) { return; }
  for (var column = thread; column < chunk.columns; column += THREADS) {
    var all = 0.0;
    for (var block = 0u; block < chunk.blocks; block++) {
      all += partials[chunk.matrix + block * chunk.stride + HEAD + column];
    }
    let at = chunk.c + column;
    columns[at] = toward(columns[at], all / f32(chunk.height), newShare());
  }
}
