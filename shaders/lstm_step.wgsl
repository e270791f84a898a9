// One step of the LSTM or ConvLSTM recurrence, its product z += h·R or convolution z += h ∗ R fused with the cell: for states
// of space, and for more units than a workgroup has threads. A thread owns one unit of four rows; an LSTM's row is a sample
// and its window one position. recurrentKernel [KH, KW, U, 4U]

import package::lib::direction::enterDirection;
import package::lib::index::elementIndex;
import package::lib::lstm::Gates;
import package::lib::lstm_forward::{params, dropoutSeed, recurrentKernel, h0, c0, gates, h, c, hLast, cLast, batchRows, timeOf, inputGates, hiddenBefore, cellBefore, placesBefore, addProduct, finishStep};
import package::lib::recurrent_convolution::{KERNEL_HEIGHT, KERNEL_WIDTH, seenAt};
import package::lib::recurrent_dropout::{DROPS, keptBits, seenByGates};

@compute @workgroup_size(64)
fn lstmStep(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  enterDirection(id.z);
  let units = params.units;
  let e = elementIndex(id, workgroups);
  let u = e % units;
  let tile = e / units;
  if (tile * 4u >= params.batch) { return; }
  let rows = batchRows(tile);
  let s = params.step;
  var z = inputGates(rows, timeOf(s), u);
  if (s > 0u || params.hasState == 1u) {
    for (var i = 0u; i < KERNEL_HEIGHT; i++) {
      for (var j = 0u; j < KERNEL_WIDTH; j++) {
        let seen = seenAt(rows, i, j);
        let places = placesBefore(seen.rows, s);
        for (var k = 0u; k < units; k++) {
          let state = hiddenBefore(places, s, k);
          var bits = 0u;
          if (DROPS == 1u) { bits = keptBits(seen.rows, k, units, params.recurrentRate, dropoutSeed()); }
          z = addProduct(z, seenByGates(seen.counts * state, bits, params.recurrentRate), (i * KERNEL_WIDTH + j) * units + k, u);
        }
      }
    }
  }
  finishStep(tile, rows, s, u, z, cellBefore(placesBefore(rows, s), s, u));
}
