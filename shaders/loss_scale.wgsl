// What a step's gradients say of the scale of its loss: half of it where one overflowed, twice after `growthSteps` steps in
// which none did. One thread, since it is four numbers.

struct Params { count: u32, growthSteps: f32 }
@group(0) @binding(0) var<storage, read> flags: array<f32>;
@group(0) @binding(1) var<storage, read_write> scaling: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

// 2⁻¹²⁶: a scale of 0 would never grow again.
const LEAST = 0x1p-126f;

@compute @workgroup_size(1)
fn lossScale() {
  var overflows = 0.0;
  for (var i = 0u; i < params.count; i++) { overflows += flags[i]; }
  let scale = scaling[0];
  if (overflows > 0.0) {
    scaling[0] = max(0.5 * scale, LEAST);
    scaling[1] = 0.0;
    scaling[3] = 0.0;
    return;
  }
  let steps = scaling[1] + 1.0;
  let grows = steps >= params.growthSteps;
  scaling[0] = select(scale, 2.0 * scale, grows);
  scaling[1] = select(steps, 0.0, grows);
  scaling[2] += 1.0;
  scaling[3] = 1.0 / scale;
}
