// Convolution, forward and both gradients, as src/ops/convolution.ts means them: products over blocks of output positions,
// whose windows are laid out as rows [positions, KH·KW·C / groups] first.

import { activateAll, isActivated } from './activation'
import { rowBytes, scalesOf } from './batchNormalization'
import { Convolution, ConvolutionInputGradient, ConvolutionKernelGradient } from './calls.gen'
import { columnSums } from './matmul'
import { multiply, Product } from './product'
import { loadFirst, multiplyAdd, storeFirst } from './vector'
import {
  addBack,
  bytesOfWindows,
  geometry,
  isDepthwise,
  layOut,
  leftOf,
  placeSeen,
  rowSeen,
  rowSize,
  rowsOfBlock,
  setGeometry,
  termsOfWindow,
} from './windows'

const FORWARD = 0
const INPUT_GRADIENT = 1
const KERNEL_GRADIENT = 2

/** A convolution whose channels have a filter each, forward or one of its gradients: x, weights and y, two of which it reads. */
@unmanaged
class Depthwise {
  kind: i32
  x: usize
  weights: usize
  y: usize

  /** Adds what output positions from `first` up to `end` give: sums of products along the channels. */
  add(first: i32, end: i32): void {
    const channels = geometry.channels
    const kernelRows = geometry.kernelRows
    const kernelWidth = geometry.kernelWidth
    const kind = this.kind
    const row = <usize>channels * 4
    const size = rowSize()
    for (let n = first; n < end; n++) {
      const output = this.y + <usize>n * row
      const left = leftOf(n)
      const outRow = n / geometry.outWidth
      for (let i = 0; i < kernelRows; i++) {
        const seen = rowSeen(outRow, i)
        if (seen < 0) continue
        const start = this.x + <usize>seen * size
        for (let j = 0; j < kernelWidth; j++) {
          const place = placeSeen(left, j)
          if (place < 0) continue
          const input = start + place
          const weight = this.weights + <usize>(i * kernelWidth + j) * row
          const to = kind === FORWARD ? output : kind === INPUT_GRADIENT ? input : weight
          const a = kind === INPUT_GRADIENT ? output : input
          const b = kind === KERNEL_GRADIENT ? output : weight
          for (let c = 0; c < channels; c += 4) {
            const at = <usize>c * 4
            const sum = multiplyAdd(v128.load(a + at), v128.load(b + at), v128.load(to + at))
            storeFirst(to + at, sum, channels - c)
          }
        }
      }
    }
  }
}

const depthwise = changetype<Depthwise>(memory.data(offsetof<Depthwise>(), 16))
const product = changetype<Product>(memory.data(offsetof<Product>(), 16))

export function convolutionCovers(call: Convolution): bool {
  return isActivated(call.ACTIVATION)
}

/** Laid out windows, and a factor and a summand for each filter. */
export function convolutionScratch(call: Convolution): i32 {
  setGeometry(call)
  return bytesOfWindows(termsOfWindow()) + 2 * rowBytes(call.filters)
}

/**
 * The factor s and the summand by which filters are normalized: (y − mean)·s + beta is y·s + (beta − mean·s), which rounds no more than y
 * itself is rounded.
 */
function setNormalization(call: Convolution, scales: usize, shifts: usize): void {
  const filters = call.filters
  scalesOf(scales, filters, call.variance, call.epsilon, call.normalization & 2 ? call.gamma : 0)
  for (let f = 0; f < filters; f += 4) {
    const at = <usize>f * 4
    const beta = call.normalization & 4 ? loadFirst(call.beta + at, filters - f) : f32x4.splat(0.0)
    const moved = f32x4.mul(loadFirst(call.mean + at, filters - f), v128.load(scales + at))
    v128.store(shifts + at, f32x4.sub(beta, moved))
  }
}

/** Normalizes rows in their place. */
function normalize(y: usize, count: i32, filters: i32, scales: usize, shifts: usize): void {
  const whole = <usize>(filters & ~3) * 4
  const rest = filters & 3
  const row = <usize>filters * 4
  for (const end = y + <usize>count * row; y < end; y += row) {
    for (let at: usize = 0; at < whole; at += 16)
      v128.store(y + at, multiplyAdd(v128.load(y + at), v128.load(scales + at), v128.load(shifts + at)))
    if (rest) {
      const last = multiplyAdd(
        loadFirst(y + whole, rest),
        v128.load(scales + whole),
        v128.load(shifts + whole),
      )
      storeFirst(y + whole, last, rest)
    }
  }
}

/** What is done with rows once their sums are there, while they are in the processor's caches. */
function finish(call: Convolution, first: i32, count: i32, scales: usize, shifts: usize): void {
  const filters = call.filters
  const start = call.y + <usize>first * <usize>filters * 4
  if (call.normalization) normalize(start, count, filters, scales, shifts)
  if (call.ACTIVATION) activateAll(call.ACTIVATION, start, count * filters)
}

/** Output positions of a convolution by channels that are finished at once. */
const POSITIONS = 64

export function convolution(call: Convolution): void {
  setGeometry(call)
  const y = call.y
  const positions = call.batch * call.outRows * call.outWidth
  const row = <usize>call.filters * 4
  const bias = call.hasBias ? call.bias : 0
  const scales = call.scratch + <usize>bytesOfWindows(termsOfWindow())
  const shifts = scales + <usize>rowBytes(call.filters)
  if (call.normalization) setNormalization(call, scales, shifts)
  if (isDepthwise()) {
    if (bias) for (let n = 0; n < positions; n++) memory.copy(y + <usize>n * row, bias, row)
    else memory.fill(y, 0, <usize>positions * row)
    depthwise.kind = FORWARD
    depthwise.x = call.x
    depthwise.weights = call.kernel
    depthwise.y = y
    for (let n = 0; n < positions; n += POSITIONS) {
      const count = min(POSITIONS, positions - n)
      depthwise.add(n, n + count)
      finish(call, n, count, scales, shifts)
    }
  } else {
    const terms = termsOfWindow()
    const perGroup = call.filters / call.groups
    const rows = rowsOfBlock(terms)
    product.n = perGroup
    product.k = terms
    product.a = call.scratch
    product.rowA = <usize>terms * 4
    product.transposedA = false
    product.rowB = row
    product.transposedB = false
    product.rowC = row
    product.rowBase = 0
    for (let n = 0; n < positions; n += rows) {
      const count = min(rows, positions - n)
      product.m = count
      for (let group = 0; group < call.groups; group++) {
        const offset = <usize>(group * perGroup) * 4
        layOut(call.x, n, count, group, call.scratch)
        product.b = call.kernel + offset
        product.c = y + <usize>n * row + offset
        product.base = bias ? bias + offset : 0
        multiply(product)
      }
      finish(call, n, count, scales, shifts)
    }
  }
}

export function convolutionInputGradientScratch(call: ConvolutionInputGradient): i32 {
  setGeometry(call)
  return bytesOfWindows(termsOfWindow())
}

export function convolutionInputGradient(call: ConvolutionInputGradient): void {
  setGeometry(call)
  const positions = call.batch * call.outRows * call.outWidth
  const row = <usize>call.filters * 4
  memory.fill(call.dx, 0, <usize>(call.batch * call.rows * call.width) * <usize>call.channels * 4)
  if (isDepthwise()) {
    depthwise.kind = INPUT_GRADIENT
    depthwise.x = call.dx
    depthwise.weights = call.kernel
    depthwise.y = call.dy
    depthwise.add(0, positions)
    return
  }
  const terms = termsOfWindow()
  const perGroup = call.filters / call.groups
  const rows = rowsOfBlock(terms)
  product.n = terms
  product.k = perGroup
  product.rowA = row
  product.transposedA = false
  product.rowB = row
  product.transposedB = true
  product.c = call.scratch
  product.rowC = <usize>terms * 4
  product.base = 0
  product.rowBase = 0
  for (let n = 0; n < positions; n += rows) {
    const count = min(rows, positions - n)
    product.m = count
    for (let group = 0; group < call.groups; group++) {
      const offset = <usize>(group * perGroup) * 4
      product.a = call.dy + <usize>n * row + offset
      product.b = call.kernel + offset
      multiply(product)
      addBack(call.dx, n, count, group, call.scratch)
    }
  }
}

export function convolutionKernelGradientScratch(call: ConvolutionKernelGradient): i32 {
  setGeometry(call)
  return bytesOfWindows(termsOfWindow())
}

/** The gradients of kernel and bias in parts of so many positions each. */
export function convolutionKernelGradient(call: ConvolutionKernelGradient): void {
  setGeometry(call)
  const positions = call.batch * call.outRows * call.outWidth
  const perChunk = (positions + call.chunks - 1) / call.chunks
  const row = <usize>call.filters * 4
  const terms = termsOfWindow()
  const part = <usize>terms * row
  memory.fill(call.kernelParts, 0, <usize>call.chunks * part)
  for (let chunk = 0; chunk < call.chunks; chunk++) {
    const to = call.kernelParts + <usize>chunk * part
    const start = min(positions, chunk * perChunk)
    const end = min(positions, start + perChunk)
    if (call.hasBias) {
      const sums = call.biasParts + <usize>chunk * row
      columnSums(end - start, call.filters, call.dy + <usize>start * row, row, sums)
    }
    if (isDepthwise()) {
      depthwise.kind = KERNEL_GRADIENT
      depthwise.x = call.x
      depthwise.weights = to
      depthwise.y = call.dy
      depthwise.add(start, end)
    } else addKernelGradient(call, start, end, to)
  }
}

/** Adds what output positions from `start` up to `end` give to a part of the kernel's gradient. */
function addKernelGradient(call: ConvolutionKernelGradient, start: i32, end: i32, to: usize): void {
  const row = <usize>call.filters * 4
  const terms = termsOfWindow()
  const perGroup = call.filters / call.groups
  const rows = rowsOfBlock(terms)
  product.m = terms
  product.n = perGroup
  product.a = call.scratch
  product.rowA = <usize>terms * 4
  product.transposedA = true
  product.rowB = row
  product.transposedB = false
  product.rowC = row
  product.rowBase = row
  for (let n = start; n < end; n += rows) {
    const count = min(rows, end - n)
    product.k = count
    for (let group = 0; group < call.groups; group++) {
      const offset = <usize>(group * perGroup) * 4
      layOut(call.x, n, count, group, call.scratch)
      product.b = call.dy + <usize>n * row + offset
      product.c = to + offset
      product.base = product.c
      multiply(product)
    }
  }
}
