// Bindings and memory access of the two forward LSTM kernels: all time steps in one launch, or one step a launch.
//   gates [B, T, 4U] z = x·W + b before, the stored gates after; h, c [B, T, U]; h0, c0, hLast, cLast [B, U]

import package::lib::lstm::{Gates, CellState, storedGates, lstmCell, placeOf};

struct Params {
  // Samples, or all positions of all samples.
  batch: u32, time: u32, units: u32,
  // 1: the last time step comes first.
  reverse: u32,
  hasState: u32,
  // Which of the outputs somebody reads.
  keepH: u32, keepC: u32, keepHLast: u32, keepCLast: u32,
  // The step of a launch that does one.
  step: u32,
  recurrentRate: f32,
  seed: u32,
}

@group(0) @binding(0) var<storage, read> recurrentKernel: array<f32>;
@group(0) @binding(1) var<storage, read> h0: array<f32>;
@group(0) @binding(2) var<storage, read> c0: array<f32>;
@group(0) @binding(3) var<storage, read_write> gates: array<f32>;
@group(0) @binding(4) var<storage, read_write> h: array<f32>;
@group(0) @binding(5) var<storage, read_write> c: array<f32>;
@group(0) @binding(6) var<storage, read_write> hLast: array<f32>;
@group(0) @binding(7) var<storage, read_write> cLast: array<f32>;
@group(0) @binding(8) var<uniform> params: Params;

// Rows past the batch compute what the last one does and are not stored.
fn batchRows(tile: u32) -> vec4u {
  return min(tile * 4u + vec4u(0u, 1u, 2u, 3u), vec4u(params.batch - 1u));
}

fn timeOf(s: u32) -> u32 { return select(s, params.time - 1u - s, params.reverse == 1u); }

fn inputGates(rows: vec4u, t: u32, u: u32) -> Gates {
  let units = params.units;
  let p = placeOf(rows, params.time, t) * 4u * units + u;
  return Gates(
    vec4f(gates[p.x], gates[p.y], gates[p.z], gates[p.w]),
    vec4f(gates[p.x + units], gates[p.y + units], gates[p.z + units], gates[p.w + units]),
    vec4f(gates[p.x + 2u * units], gates[p.y + 2u * units], gates[p.z + 2u * units], gates[p.w + 2u * units]),
    vec4f(gates[p.x + 3u * units], gates[p.y + 3u * units], gates[p.z + 3u * units], gates[p.w + 3u * units]),
  );
}

// z + h·R, the part of unit k, of which the gates see `before`.
fn addProduct(z: Gates, before: Gates, k: u32, u: u32) -> Gates {
  let units = params.units;
  let p = k * 4u * units + u;
  return Gates(
    z.i + recurrentKernel[p] * before.i,
    z.f + recurrentKernel[p + units] * before.f,
    z.g + recurrentKernel[p + 2u * units] * before.g,
    z.o + recurrentKernel[p + 3u * units] * before.o,
  );
}

// Activates the gates, steps the cell and stores what is to be kept.
fn finishStep(tile: u32, rows: vec4u, s: u32, t: u32, u: u32, z: Gates, before: vec4f) -> CellState {
  let units = params.units;
  let kept = storedGates(z);
  let state = lstmCell(kept, before);
  let places = placeOf(rows, params.time, t);
  for (var r = 0u; r < 4u; r++) {
    if (tile * 4u + r >= params.batch) { break; }
    let at = places[r];
    let p = at * 4u * units + u;
    gates[p] = kept.i[r];
    gates[p + units] = kept.f[r];
    gates[p + 2u * units] = kept.g[r];
    gates[p + 3u * units] = kept.o[r];
    if (params.keepH == 1u) { h[at * units + u] = state.h[r]; }
    if (params.keepC == 1u) { c[at * units + u] = state.c[r]; }
    if (s == params.time - 1u) {
      if (params.keepHLast == 1u) { hLast[rows[r] * units + u] = state.h[r]; }
      if (params.keepCLast == 1u) { cLast[rows[r] * units + u] = state.c[r]; }
    }
  }
  return state;
}
