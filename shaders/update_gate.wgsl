// What one of several updates in a step reads in place of the state of loss scaling (src/ops/lossScaleState.ts), since each has its own
// learning rate and count: updates made, this one included; the factor of gradients; and the learning rate.

import package::lib::index::elementIndex;
import package::lib::step::step;

override UPDATE: u32 = 0u;

struct Params { size: u32, factor: f32 }
@group(0) @binding(0) var<storage, read_write> gate: array<f32>;
@group(0) @binding(1) var<uniform> params: Params;

fn rate() -> f32 {
  switch (UPDATE) {
    case 0u: { return step.rate0; }
    case 1u: { return step.rate1; }
    case 2u: { return step.rate2; }
    case 3u: { return step.rate3; }
    case 4u: { return step.rate4; }
    case 5u: { return step.rate5; }
    case 6u: { return step.rate6; }
    default: { return step.rate7; }
  }
}

fn updates() -> u32 {
  switch (UPDATE) {
    case 0u: { return step.updates0; }
    case 1u: { return step.updates1; }
    case 2u: { return step.updates2; }
    case 3u: { return step.updates3; }
    case 4u: { return step.updates4; }
    case 5u: { return step.updates5; }
    case 6u: { return step.updates6; }
    default: { return step.updates7; }
  }
}

@compute @workgroup_size(64)
fn updateGate(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i >= params.size) { return; }
  let values = array<f32, 6>(1.0, 0.0, f32(updates()), params.factor, 0.0, rate());
  gate[i] = values[i];
}
