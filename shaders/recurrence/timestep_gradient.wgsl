// One time step of a recurrence backward, fused with its product R·dz, or with the gradient of its convolution. A thread owns one
// unit of four rows; launches pass the cell's carried gradients on through dInitial. recurrentKernel [KH, KW, U, gates · U]

import package::cell::{GATES, gradientOffsets, gradientAt};
import package::lib::direction::{DIRECTIONS, enterDirection};
import package::lib::index::elementIndex;
import package::lib::recurrence::backward::{rowVectors, weightAt, weightsOf, outerGradient, firstCarried, firstHandedOn, handedOn, receivedBy, timestepGradient, leaveGradients};
import package::lib::recurrence::memory::{MASKED, params};
import package::lib::recurrence::rows::{offsetsOf, tilesOf, batchRows, timeOf, dropoutSeed};
import package::lib::recurrent_convolution::{KERNEL_ROWS, KERNEL_WIDTH, seenBy};
import package::lib::recurrent_dropout::{DROPS, maskBits, maskOf};

// The gradient of unit u of four rows from all windows that see these rows at time step t.
fn recurrentGradient(rows: vec4u, t: u32, u: u32) -> vec4f {
  var sum = vec4f();
  for (var i = 0u; i < KERNEL_ROWS; i++) {
    for (var j = 0u; j < KERNEL_WIDTH; j++) {
      let windows = seenBy(rows, i, j);
      let p = gradientOffsets(offsetsOf(windows.rows, t));
      let row = (i * KERNEL_WIDTH + j) * params.units + u;
      if (DROPS == 1u) {
        sum += windows.counts * maskedProduct(rows, u, row, p);
      } else {
        var part = vec4f();
        for (var k = 0u; k < rowVectors(); k++) {
          let w = weightsOf(row, k);
          // The last vector of a row may end past it, where the weights are 0.
          let q = min(4u * k + vec4u(0u, 1u, 2u, 3u), vec4u(GATES * params.units - 1u));
          part += w.x * gradientAt(p, q.x) + w.y * gradientAt(p, q.y) + w.z * gradientAt(p, q.z) + w.w * gradientAt(p, q.w);
        }
        sum += windows.counts * part;
      }
    }
  }
  return sum;
}

// One window's part; each gate's term is multiplied by the mask that the gate saw the unit through.
fn maskedProduct(rows: vec4u, u: u32, row: u32, p: vec4u) -> vec4f {
  let units = params.units;
  let bits = maskBits(rows, u, units, params.recurrentRate, dropoutSeed());
  var sum = vec4f();
  for (var gate = 0u; gate < GATES; gate++) {
    var part = vec4f();
    for (var j = gate * units; j < (gate + 1u) * units; j++) { part += weightAt(row, j) * gradientAt(p, j); }
    sum += part * maskOf(bits, gate, params.recurrentRate);
  }
  return sum;
}

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
  let leavesState = params.start == params.time;
  let s = select(params.start, 0u, leavesState);
  var d = vec4f();
  var carried = firstCarried(rows, u);
  if (leavesState || s < params.time - 1u) {
    d = recurrentGradient(rows, timeOf(select(s + 1u, 0u, leavesState)), u);
  }
  d = receivedBy(d, firstHandedOn(rows, u));
  if (!leavesState) {
    let whole = d + outerGradient(rows, s, u);
    carried = timestepGradient(tile, rows, s, u, whole, carried).carried;
    if (MASKED == 1u) { d = handedOn(rows, s, whole); }
  }
  leaveGradients(tile, rows, u, d, carried, leavesState);
}
