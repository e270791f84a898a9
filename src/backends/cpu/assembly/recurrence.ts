// What any recurrence of one or two directions needs, whatever its cell: where a direction's part lies, and the gradient of
// its recurrent kernel.

import { RecurrentKernelGradient } from './calls.gen'
import { packB, packColumn, packedSizeA, packedSizeB } from './packing'
import { DEPTH, multiplyPanels, PanelProduct } from './product'
import { storeFirst } from './vector'

/** Where a direction's columns begin; 0 where the tensor is absent. */
export function part(tensor: usize, direction: i32, columns: i32): usize {
  return tensor ? tensor + <usize>direction * <usize>columns * 4 : 0
}

/** Where the second state of a tensor of two lies; 0 where the tensor is absent. */
export function second(states: usize, stride: i32): usize {
  return states ? states + <usize>stride * 4 : 0
}

/** The dhKind of a call whose gradient of h from above belongs to the last time step only, and so has no time axis. */
export const LAST_ONLY = 2

/** Whether a direction runs from the last time step to the first. */
export function isReversed(reverse: i32, direction: i32): bool {
  return reverse !== direction
}

/** The time step that is processed as the s-th. */
export function timeOf(s: i32, time: i32, reverse: bool): i32 {
  return reverse ? time - 1 - s : s
}

/** Whether time step t is valid in a row: where it is not, states stay as they were. */
export function isValid<Call>(call: Call, row: i32, t: i32): bool {
  return call.MASKED === 0 || load<f32>(call.mask + <usize>(row * call.time + t) * 4) !== 0.0
}

/** What `inner` has, as in shaders/lib/recurrent_kernel_gradient.wgsl. */
const RESETS = 1
const STATES = 2

const product = changetype<PanelProduct>(memory.data(offsetof<PanelProduct>(), 16))

export function recurrentKernelGradientCovers(call: RecurrentKernelGradient): bool {
  return call.recurrentRate === 0
}

export function recurrentKernelGradientScratch(call: RecurrentKernelGradient): i32 {
  const scaled = call.INNER === RESETS ? DEPTH * call.columns : 0
  return 4 * (packedSizeA(call.units, DEPTH) + packedSizeB(call.columns, DEPTH) + scaled)
}

/**
 * dR [U, J] = Σ over rows and time steps of h one time step earlier · dz [B, T, J], and the sums of the bias, as
 * src/ops/recurrence.ts means them.
 */
export function recurrentKernelGradient(call: RecurrentKernelGradient): void {
  for (let d = 0; d < call.DIRECTIONS; d++) ofDirection(call, d)
}

function ofDirection(call: RecurrentKernelGradient, direction: i32): void {
  const time = call.time
  const units = call.units
  const columns = call.columns
  const reverse = isReversed(call.reverse, direction)
  const h = part(call.h, direction, units)
  const h0 = part(call.h0, direction, units)
  const dz = part(call.dz, direction, columns)
  const dR = part(call.dR, direction, columns)
  const stateRow = <usize>call.DIRECTIONS * <usize>units * 4
  const row = <usize>call.DIRECTIONS * <usize>columns * 4
  const packed = call.scratch
  const right = packed + <usize>packedSizeA(units, DEPTH) * 4
  const scaled = right + <usize>packedSizeB(columns, DEPTH) * 4
  const scaledRow = <usize>columns * 4
  const inner = part(call.inner, direction, units)
  const sums = call.HAS_SUMS ? part(call.biasSums, direction, columns) : 0
  if (sums) {
    memory.fill(sums, 0, scaledRow)
    memory.fill(sums + row, 0, scaledRow)
  }
  const first = timeOf(0, time, reverse)
  const total = call.batch * time
  // The last block of columns may have seen other states.
  const width = call.INNER === STATES ? 2 * units : columns
  product.m = units
  product.a = packed
  product.b = right
  product.rowC = row
  product.rowBase = row
  for (let l = 0; l < total; l += DEPTH) {
    const terms = min(DEPTH, total - l)
    for (let n = 0; n < terms; n++) {
      const index = l + n
      const t = index % time
      let source: usize = h + <usize>(reverse ? index + 1 : index - 1) * stateRow
      if (t === first) source = h0 ? h0 + <usize>(index / time) * stateRow : 0
      if (source) packColumn(source, units, terms, n, packed)
      else clearColumn(units, terms, n, packed)
    }
    if (call.INNER === RESETS) {
      for (let n = 0; n < terms; n++) {
        const index = <usize>(l + n)
        scale(units, dz + index * row, inner + index * stateRow, scaled + <usize>n * scaledRow)
        if (sums) addSums(units, dz + index * row, scaled + <usize>n * scaledRow, sums, sums + row)
      }
      packB(scaled, scaledRow, columns, terms, right)
    } else packB(dz + <usize>l * row, row, width, terms, right)
    product.setPacked(terms)
    product.n = width
    product.c = dR
    product.base = l > 0 ? dR : 0
    multiplyPanels(product)
    if (width === columns) continue
    const at = <usize>width * 4
    for (let n = 0; n < terms; n++) packColumn(inner + <usize>(l + n) * stateRow, units, terms, n, packed)
    packB(dz + <usize>l * row + at, row, units, terms, right)
    product.n = units
    product.c = dR + at
    product.base = l > 0 ? dR + at : 0
    multiplyPanels(product)
  }
}

/** Copies a row of three blocks of gradients, the last one times the reset gates. */
function scale(units: i32, from_: usize, resets: usize, to: usize): void {
  const stride = <usize>units * 4
  memory.copy(to, from_, 2 * stride)
  for (let u = 0; u < units; u += 4) {
    const at = <usize>u * 4
    const d = f32x4.mul(v128.load(from_ + 2 * stride + at), v128.load(resets + at))
    storeFirst(to + 2 * stride + at, d, units - u)
  }
}

/** Adds a row of gradients, and what of it goes through R, to the sums of either. */
function addSums(units: i32, d: usize, scaled: usize, sums: usize, scaledSums: usize): void {
  const columns = 3 * units
  for (let j = 0; j < columns; j += 4) {
    const at = <usize>j * 4
    const left = columns - j
    storeFirst(sums + at, f32x4.add(v128.load(sums + at), v128.load(d + at)), left)
    storeFirst(scaledSums + at, f32x4.add(v128.load(scaledSums + at), v128.load(scaled + at)), left)
  }
}

/** Term `l` of `k` is zero. */
function clearColumn(m: i32, k: i32, l: i32, to: usize): void {
  to += <usize>l * 16
  for (let i = 0; i < m; i += 4, to += <usize>k * 16) v128.store(to, f32x4.splat(0.0))
}
