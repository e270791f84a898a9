// One step of the LSTM or ConvLSTM recurrence, its product z += h·R or convolution z += h ∗ R fused with the cell: for states
// of space, and for more units than a workgroup has threads. A thread owns one unit of four rows; an LSTM's row is a sample
// and its window one position. recurrentKernel [KH, KW, U, 4U]

import package::lib::index::elementIndex;
import package::lib::lstm::{Gates, placeOf};
import package::lib::lstm_forward::{params, recurrentKernel, h0, c0, gates, h, c, hLast, cLast, batchRows, timeOf, inputGates, addProduct, finishStep};
import package::lib::recurrent_convolution::{KERNEL_HEIGHT, KERNEL_WIDTH, seenAt};
import package::lib::recurrent_dropout::{DROPS, keptBits, seenByGates};

@compute @workgroup_size(64)
fn lstmStep(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let units = params.units;
  let e = elementIndex(id, workgroups);
  let u = e % units;
  let tile = e / units;
  if (tile * 4u >= params.batch) { return; }
  let rows = batchRows(tile);
  let s = params.step;
  let t = timeOf(s);
  var z = inputGates(rows, t, u);
  var before = vec4f();
  if (s > 0u) {
    let own = placeOf(rows, params.time, timeOf(s - 1u)) * units + u;
    before = vec4f(c[own.x], c[own.y], c[own.z], c[own.w]);
  } else if (params.hasState == 1u) {
    let own = rows * units + u;
    before = vec4f(c0[own.x], c0[own.y], c0[own.z], c0[own.w]);
  }
  if (s > 0u || params.hasState == 1u) {
    for (var i = 0u; i < KERNEL_HEIGHT; i++) {
      for (var j = 0u; j < KERNEL_WIDTH; j++) {
        let seen = seenAt(rows, i, j);
        let p = select(seen.rows, placeOf(seen.rows, params.time, timeOf(max(s, 1u) - 1u)), s > 0u) * units;
        for (var k = 0u; k < units; k++) {
          var state = vec4f();
          if (s > 0u) {
            state = vec4f(h[p.x + k], h[p.y + k], h[p.z + k], h[p.w + k]);
          } else {
            state = vec4f(h0[p.x + k], h0[p.y + k], h0[p.z + k], h0[p.w + k]);
          }
          var bits = 0u;
          if (DROPS == 1u) { bits = keptBits(seen.rows, k, units, params.recurrentRate, params.seed); }
          z = addProduct(z, seenByGates(seen.counts * state, bits, params.recurrentRate), (i * KERNEL_WIDTH + j) * units + k, u);
        }
      }
    }
  }
  finishStep(tile, rows, s, u, z, before);
}
