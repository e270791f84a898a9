// One step of the LSTM recurrence, fused with its product h·R: for more units than a workgroup has threads.
// A thread owns one unit of four batch rows. The states before it lie in h and c (or h0 and c0).

import package::lib::index::elementIndex;
import package::lib::lstm::{Gates, placeOf};
import package::lib::lstm_forward::{params, recurrentKernel, h0, c0, gates, h, c, hLast, cLast, batchRows, timeOf, inputGates, addProduct, finishStep};
import package::lib::recurrent_dropout::{DROPS, keptBits, seenByGates};

@compute @workgroup_size(64)
fn lstmStep(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let units = params.units;
  let i = elementIndex(id, workgroups);
  let u = i % units;
  let tile = i / units;
  if (tile * 4u >= params.batch) { return; }
  let rows = batchRows(tile);
  let s = params.step;
  let t = timeOf(s);
  var z = inputGates(rows, t, u);
  var before = vec4f();
  if (s > 0u) {
    let p = placeOf(rows, params.time, timeOf(s - 1u)) * units;
    before = vec4f(c[p.x + u], c[p.y + u], c[p.z + u], c[p.w + u]);
    for (var k = 0u; k < units; k++) {
      z = addProduct(z, seen(vec4f(h[p.x + k], h[p.y + k], h[p.z + k], h[p.w + k]), rows, k), k, u);
    }
  } else if (params.hasState == 1u) {
    let p = rows * units;
    before = vec4f(c0[p.x + u], c0[p.y + u], c0[p.z + u], c0[p.w + u]);
    for (var k = 0u; k < units; k++) {
      z = addProduct(z, seen(vec4f(h0[p.x + k], h0[p.y + k], h0[p.z + k], h0[p.w + k]), rows, k), k, u);
    }
  }
  finishStep(tile, rows, s, t, u, z, before);
}

fn seen(before: vec4f, rows: vec4u, k: u32) -> Gates {
  var bits = 0u;
  if (DROPS == 1u) { bits = keptBits(rows, k, params.units, params.recurrentRate, params.seed); }
  return seenByGates(before, bits, params.recurrentRate);
}
