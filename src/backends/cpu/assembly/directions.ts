// Recurrences of one or two directions, one direction after the other. The directions lie side by side in the columns of
// every tensor; the second runs against the first.

import {
  lstmGradient as gradientOneWay,
  recurrentKernelGradient as kernelGradientOneWay,
  lstm as oneWay,
} from './lstm'

/** Where a direction's columns begin; 0 where the tensor is absent. */
function part(tensor: usize, direction: i32, columns: i32): usize {
  return tensor ? tensor + <usize>direction * <usize>columns * 4 : 0
}

export function lstm(
  batch: i32,
  time: i32,
  units: i32,
  directions: i32,
  reverse: bool,
  activation: i32,
  gate: i32,
  recurrentKernel: usize,
  h0: usize,
  c0: usize,
  gates: usize,
  h: usize,
  c: usize,
  hLast: usize,
  cLast: usize,
  scratch: usize,
): void {
  for (let d = 0; d < directions; d++) {
    oneWay(
      batch,
      time,
      units,
      directions,
      d === 0 ? reverse : !reverse,
      activation,
      gate,
      part(recurrentKernel, d, 4 * units),
      part(h0, d, units),
      part(c0, d, units),
      part(gates, d, 4 * units),
      part(h, d, units),
      part(c, d, units),
      part(hLast, d, units),
      part(cLast, d, units),
      scratch,
    )
  }
}

export function lstmGradient(
  batch: i32,
  time: i32,
  units: i32,
  directions: i32,
  reverse: bool,
  activation: i32,
  gate: i32,
  recurrentKernel: usize,
  c: usize,
  c0: usize,
  dh: usize,
  lastOnly: bool,
  dcLast: usize,
  gates: usize,
  dh0: usize,
  dc0: usize,
  scratch: usize,
): void {
  for (let d = 0; d < directions; d++) {
    gradientOneWay(
      batch,
      time,
      units,
      directions,
      d === 0 ? reverse : !reverse,
      activation,
      gate,
      part(recurrentKernel, d, 4 * units),
      part(c, d, units),
      part(c0, d, units),
      part(dh, d, units),
      lastOnly,
      part(dcLast, d, units),
      part(gates, d, 4 * units),
      part(dh0, d, units),
      part(dc0, d, units),
      scratch,
    )
  }
}

export function recurrentKernelGradient(
  batch: i32,
  time: i32,
  units: i32,
  columns: i32,
  directions: i32,
  reverse: bool,
  h: usize,
  h0: usize,
  dz: usize,
  dR: usize,
  scratch: usize,
): void {
  for (let d = 0; d < directions; d++) {
    kernelGradientOneWay(
      batch,
      time,
      units,
      columns,
      directions,
      d === 0 ? reverse : !reverse,
      part(h, d, units),
      part(h0, d, units),
      part(dz, d, columns),
      part(dR, d, columns),
      scratch,
    )
  }
}
