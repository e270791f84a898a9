// One time step of a recurrence, its product z += h·R or convolution z += h ∗ R fused with the cell: for convolutional states,
// and for more units than a workgroup has threads. A thread owns one unit of four rows; where the product is no convolution, a row
// is a sample and its window one position. recurrentKernel [KH, KW, U, gates · U]

import package::lib::direction::{DIRECTIONS, enterDirection};
import package::lib::index::elementIndex;
import package::lib::recurrence::forward::{offsetsBefore, hiddenBefore, stateFromMemory, startGates, addProduct, finishCell};
import package::lib::recurrence::memory::params;
import package::lib::recurrence::rows::{tilesOf, batchRows, timeOf, dropoutSeed};
import package::lib::recurrence::seen::seenByGates;
import package::lib::recurrent_convolution::{KERNEL_ROWS, KERNEL_WIDTH, seenAt};
import package::lib::recurrent_dropout::{DROPS, maskBits};

@compute @workgroup_size(64)
fn entry(@builtin(global_invocation_id) id: vec3u) {
  let units = params.units;
  let each = tilesOf(1u) * units;
  let index = elementIndex(id);
  if (index >= DIRECTIONS * each) { return; }
  let e = enterDirection(index, each);
  let u = e % units;
  let tile = e / units;
  let rows = batchRows(tile);
  let s = params.start;
  var z = startGates(rows, timeOf(s), u);
  if (s > 0u || params.hasState == 1u) {
    for (var i = 0u; i < KERNEL_ROWS; i++) {
      for (var j = 0u; j < KERNEL_WIDTH; j++) {
        let window = seenAt(rows, i, j);
        let offsets = offsetsBefore(window.rows, s);
        for (var k = 0u; k < units; k++) {
          let state = hiddenBefore(offsets, s, k);
          var bits = 0u;
          if (DROPS == 1u) { bits = maskBits(window.rows, k, units, params.recurrentRate, dropoutSeed()); }
          z = addProduct(z, seenByGates(window.counts * state, bits), (i * KERNEL_WIDTH + j) * units + k, u);
        }
      }
    }
  }
  finishCell(tile, rows, s, u, z, stateFromMemory(rows, s, u));
}
