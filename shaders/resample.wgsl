// y [outer, outputs, inner] = mixtures of x [outer, entries, inner] along its middle axis. Row i of the bands says the first entry of x that
// y's entry i has a part of, how many it has parts of, and the weight of each: [outputs, 2 + width].

import package::lib::index::elementIndex;

struct Params { size: u32, entries: u32, outputs: u32, inner: u32, width: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> bands: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn resample(@builtin(global_invocation_id) id: vec3u) {
  let element = elementIndex(id);
  if (element >= params.size) { return; }
  let inner = element % params.inner;
  let output = (element / params.inner) % params.outputs;
  let outer = element / params.inner / params.outputs;
  let band = output * (params.width + 2u);
  let first = u32(bands[band]);
  let count = u32(bands[band + 1u]);
  let start = (outer * params.entries + first) * params.inner + inner;
  var sum = 0.0;
  for (var k = 0u; k < count; k++) { sum += bands[band + 2u + k] * x[start + k * params.inner]; }
  y[element] = sum;
}
