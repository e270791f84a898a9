// The ConvLSTM recurrence whole, forward and back, which is the LSTM's cell with a convolution, and the gradient of its recurrent
// kernel, as src/ops/convLstm.ts and convRecurrentKernelGradient.ts mean them. Gates lie [B, T, positions, 4U].

import { ConvRecurrentKernelGradient, LstmTimestep, LstmTimestepGradient } from './calls.gen'
import { cellCovers } from './cell'
import { runBackward, runForward, scratchOf } from './loop'
import { lstmCell } from './lstm'
import { multiply, Product } from './product'
import { timeOf } from './recurrence'
import { setSpace } from './stateProduct'
import { bytesOfWindows, layOut, rowsOfBlock, termsOfWindow } from './windows'

const gradientProduct = changetype<Product>(memory.data(offsetof<Product>(), 16))

export function convLstmCovers(call: LstmTimestep): bool {
  return cellCovers(call)
}

export function convLstmScratch(call: LstmTimestep): i32 {
  return scratchOf(call, lstmCell)
}

export function convLstm(call: LstmTimestep): void {
  runForward(call, lstmCell, call.c)
}

export function convLstmGradientCovers(call: LstmTimestepGradient): bool {
  return cellCovers(call)
}

export function convLstmGradientScratch(call: LstmTimestepGradient): i32 {
  return scratchOf(call, lstmCell)
}

export function convLstmGradient(call: LstmTimestepGradient): void {
  runBackward(call, lstmCell, call.cells, call.dLast)
}

export function convRecurrentKernelGradientCovers(call: ConvRecurrentKernelGradient): bool {
  return call.recurrentRate === 0
}

export function convRecurrentKernelGradientScratch(call: ConvRecurrentKernelGradient): i32 {
  setSpace(call, call.columns)
  return bytesOfWindows(termsOfWindow())
}

/** dR in parts [KH·KW·U, columns], each a sum over as many rows, time step by time step. */
export function convRecurrentKernelGradient(call: ConvRecurrentKernelGradient): void {
  setSpace(call, call.columns)
  const time = call.time
  const space = call.SPACE
  const h0 = call.h0
  const reverse = call.reverse !== 0
  const wide = call.columns
  const row = <usize>wide * 4
  const sample = <usize>(space * call.units) * 4
  const terms = termsOfWindow()
  const rows = rowsOfBlock(terms)
  const all = call.batch
  const total = all * time
  const perChunk = (total + call.chunks - 1) / call.chunks
  const part = <usize>terms * row
  const first = timeOf(0, time, reverse)
  gradientProduct.m = terms
  gradientProduct.n = wide
  gradientProduct.a = call.scratch
  gradientProduct.rowA = <usize>terms * 4
  gradientProduct.transposedA = true
  gradientProduct.rowB = row
  gradientProduct.transposedB = false
  gradientProduct.rowC = row
  gradientProduct.rowBase = row
  memory.fill(call.parts, 0, <usize>call.chunks * part)
  for (let n = 0; n < total; ) {
    const t = n / all
    const b = (n % all) / space
    const position = n % space
    const chunk = n / perChunk
    // As many rows as are of one sample, one time step, one chunk and one block.
    const count = min(min(space - position, (chunk + 1) * perChunk - n), rows)
    n += count
    if (t === first && !h0) continue
    const earlier = call.h + <usize>(b * time + (reverse ? t + 1 : t - 1)) * sample
    layOut(t === first ? h0 + <usize>b * sample : earlier, position, count, 0, call.scratch)
    gradientProduct.k = count
    gradientProduct.b = call.dz + <usize>((b * time + t) * space + position) * row
    gradientProduct.c = call.parts + <usize>chunk * part
    gradientProduct.base = gradientProduct.c
    multiply(gradientProduct)
  }
}
