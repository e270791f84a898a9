// Updates the loss scale after a training step: halves it where gradients or f16 values overflowed, doubles it after `growthSteps`
// training steps without overflow. One thread, since there are few numbers (src/ops/lossScaleState.ts).
//
// The host plans steps ahead and does not know which of them are skipped, so a schedule gives it the rate of the step that is as many
// steps too late as were skipped. That of an update was given so many steps ago: the rates of the last steps are kept.

import package::lib::step::step;

// Where a step has several updates, the number of this one, and whether its rate is that of `gate` (update_gate.wgsl).
override UPDATE: u32 = 0u;
override GATED: u32 = 0u;

struct Params { count: u32, growthSteps: f32 }
@group(0) @binding(0) var<storage, read> flags: array<f32>;
@group(0) @binding(1) var<storage, read_write> scaling: array<f32>;
// [0]: how many training steps in a row were skipped; [5]: how many in all that the host has counted.
@group(0) @binding(2) var<storage, read_write> skipped: array<u32>;
@group(0) @binding(3) var<storage, read> gate: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

const LEAST = 0x1p-126f;
const MOST = 0x1p126f;
const FIRST_RATE = 7u;
const RATES = 1024u;

fn rateOfUpdate() -> f32 {
  let planned = u32(scaling[2] + scaling[6]);
  let behind = min(u32(scaling[6]), RATES - 1u);
  var rate = step.rate;
  if (GATED == 1u) { rate = gate[5]; }
  scaling[FIRST_RATE + planned % RATES] = rate;
  if (((step.scheduled >> UPDATE) & 1u) == 0u) { return rate; }
  return scaling[FIRST_RATE + (planned - behind) % RATES];
}

@compute @workgroup_size(1)
fn lossScale() {
  var overflows = scaling[4];
  scaling[4] = 0.0;
  for (var i = 0u; i < params.count; i++) { overflows += flags[i]; }
  scaling[5] = rateOfUpdate();
  let scale = scaling[0];
  if (overflows > 0.0) {
    scaling[0] = max(0.5 * scale, LEAST);
    scaling[1] = 0.0;
    scaling[3] = 0.0;
    scaling[6] += 1.0;
    skipped[0]++;
    skipped[5] = u32(scaling[6]);
    return;
  }
  let steps = scaling[1] + 1.0;
  let grows = steps >= params.growthSteps;
  scaling[0] = select(scale, min(2.0 * scale, MOST), grows);
  scaling[1] = select(steps, 0.0, grows);
  scaling[2] += 1.0;
  scaling[3] = 1.0 / scale;
  skipped[0] = 0u;
  skipped[5] = u32(scaling[6]);
}
