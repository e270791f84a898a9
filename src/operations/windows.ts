// Windows over a row or an image: correlations, windows as columns, and images of these.

import { checkExtent, checkInteger, checkOneOf, describeValue, fail } from '../errors.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { strided } from '../ops/strided.ts'
import { option, readOptions, type TableFor } from '../util/options.ts'
import { showShape } from '../util/shape.ts'
import { extractSequences } from './arrangements.ts'
import { add } from './elementwise.ts'
import { getItem } from './indexing.ts'
import { defineOperation, type Operand, shapeOfOperand, single, tensorOf } from './operation.ts'
import { operation } from './operationLayer.ts'
import { pad } from './padding.ts'
import { matmul } from './products.ts'
import { reshape, transpose } from './shapes.ts'
import { take } from './taking.ts'

/**
 * The sums of products of a row with another one that is moved along it.
 *
 * @param mode `'valid'`, the default: where the shorter lies within the longer; `'same'`: as many as x1 has entries; `'full'`: wherever
 * they meet.
 */
export const correlate = operation(
  'numpy',
  'Correlate',
  'x1 x2 mode="valid"',
  (x1: Operand, x2: Operand, mode: 'valid' | 'same' | 'full' = 'valid'): SymbolicTensor => {
    const name = 'ops.correlate'
    checkOneOf(name, 'mode', mode, ['valid', 'same', 'full'])
    const [[m = null, ...more], [n = null, ...others]] = [shapeOfOperand(x1, name), shapeOfOperand(x2, name)]
    if (m === null || n === null || more.length > 0 || others.length > 0)
      return fail(name, {
        expected: 'two rows of known extents',
        got: [x1, x2].map((x) => showShape(shapeOfOperand(x, name))).join(' and '),
      })
    const all = matmul(extractSequences(pad(x1, [n - 1, n - 1]), n, 1), x2)
    if (mode === 'full') return all
    const count = mode === 'same' ? m : Math.abs(m - n) + 1
    const start = Math.floor((m + n - 1 - count) / 2)
    return getItem(all, [[start, start + count]])
  },
)

/** One number for both axes, or two. */
export type Pair = number | BothAxes

type BothAxes = readonly [rows: number, columns: number]

interface Windows {
  readonly kernel: BothAxes
  readonly dilation: BothAxes
  readonly padding: BothAxes
  readonly stride: BothAxes
}

function pairOf(name: string, option: string, value: unknown, min: number): BothAxes {
  const both: readonly unknown[] = Array.isArray(value) ? value : [value, value]
  if (both.length !== 2)
    return fail(name, { expected: `${option} as one number or two`, got: describeValue(value) })
  return both.map((each) => checkInteger(name, option, each, { min })) as unknown as BothAxes
}

/** What is seldom said of windows: one number for both axes, or two. */
export interface FoldOptions {
  /** From one entry of a window to the next, 1 by default. */
  readonly dilation?: Pair
  /** Zeros around the image, 0 by default. */
  readonly padding?: Pair
  /** From one window to the next, 1 by default. */
  readonly stride?: Pair
}

const pair = (standard: number, min: number) =>
  option<BothAxes, Pair>([standard, standard], (where, name, value) => pairOf(where, name, value, min))

const foldOptions = {
  dilation: pair(1, 1),
  padding: pair(0, 0),
  stride: pair(1, 1),
} as const satisfies TableFor<FoldOptions>

const windowsOf = (name: string, kernelSize: Pair, options: FoldOptions): Windows => ({
  kernel: pairOf(name, 'kernelSize', kernelSize, 1),
  ...readOptions(name, foldOptions, options),
})

/** How many windows there are along both axes. */
function countsOf(name: string, extents: readonly (number | null)[], windows: Windows): [number, number] {
  return extents.map((extent, i) => {
    const { kernel, dilation, padding, stride } = windows
    const [k = 1, d = 1, p = 0, s = 1] = [kernel[i], dilation[i], padding[i], stride[i]]
    const count = extent === null ? 0 : Math.floor((extent + 2 * p - d * (k - 1) - 1) / s) + 1
    return count > 0
      ? count
      : fail(name, {
          expected: `an extent that windows of ${d * (k - 1) + 1} fit in`,
          got: showShape(extents),
        })
  }) as [number, number]
}

/**
 * The windows of images as columns: `[batch, channels, height, width]` → `[batch, channels · rows · columns, windows]`. As in PyTorch;
 * options are one number for both axes, or two.
 */
export const unfold = operation(
  'nn',
  'Unfold',
  'x kernelSize= {dilation=1 padding=0 stride=1}',
  (x: Operand, kernelSize: Pair, options: FoldOptions = {}): SymbolicTensor => {
    const name = 'ops.unfold'
    const windows = windowsOf(name, kernelSize, options)
    const shape = shapeOfOperand(x, name)
    const [, channels = null, height = null, width = null] = shape
    if (shape.length !== 4 || channels === null)
      return fail(name, { expected: 'images [batch, channels, height, width]', got: showShape(shape) })
    const counts = countsOf(name, [height, width], windows)
    const [p, q] = windows.padding
    const padded =
      p + q === 0
        ? x
        : pad(x, [
            [0, 0],
            [0, 0],
            [p, p],
            [q, q],
          ])
    const places = (i: 0 | 1): number[][] =>
      Array.from({ length: windows.kernel[i] }, (_, k) =>
        Array.from({ length: counts[i] }, (_row, at) => k * windows.dilation[i] + at * windows.stride[i]),
      )
    // [batch, channels, rows, windows down, columns, windows across]
    const cut = take(take(padded, places(1), 3), places(0), 2)
    const [kh, kw] = windows.kernel
    return reshape(transpose(cut, [0, 1, 2, 4, 3, 5]), [-1, channels * kh * kw, counts[0] * counts[1]])
  },
)

/** Entries along an axis `spacing` apart, the first at `start`, of so many places; what lies beyond them is left out. */
const spreads = defineOperation<{
  readonly axis: number
  readonly start: number
  readonly spacing: number
  readonly count: number
}>({
  name: 'spread',
  outputShapes: ([shape = []], { axis, count }) => [shape.map((extent, i) => (i === axis ? count : extent))],
  lower: (graph, [operand], { axis, start, spacing, count }) => {
    const x = tensorOf(operand, 'ops.fold')
    const axes = x.shape.map((extent, i) =>
      i === axis
        ? { count, start: -start, step: 1, spacing }
        : { count: extent, start: 0, step: 1, spacing: 1 },
    )
    return [strided(graph, { x }, { axes }).y]
  },
})

/**
 * Images of windows that are columns, added where they overlap: `[batch, channels · rows · columns, windows]` →
 * `[batch, channels, height, width]`. The gradient of {@link unfold}.
 */
export const fold = operation(
  'nn',
  'Fold',
  'x outputSize= kernelSize= {dilation=1 padding=0 stride=1}',
  (x: Operand, outputSize: Pair, kernelSize: Pair, options: FoldOptions = {}): SymbolicTensor => {
    const name = 'ops.fold'
    const windows = windowsOf(name, kernelSize, options)
    const size = pairOf(name, 'outputSize', outputSize, 1)
    const counts = countsOf(name, size, windows)
    const [kh, kw] = windows.kernel
    const shape = shapeOfOperand(x, name)
    const [, rows = null, columns = null] = shape
    if (shape.length !== 3 || rows === null || rows % (kh * kw) !== 0 || columns !== counts[0] * counts[1])
      return fail(name, {
        expected: `windows [batch, channels · ${kh * kw}, ${counts[0] * counts[1]}]`,
        got: showShape(shape),
      })
    const channels = checkExtent(name, 'channels', rows / (kh * kw))
    // [batch, channels, rows, columns, windows down, windows across]: over columns, then over rows.
    const apart = reshape(x, [-1, channels, kh, kw, counts[0], counts[1]])
    const along = (of: Operand, i: 0 | 1, axis: number): SymbolicTensor => {
      const before = Array<null>(i === 0 ? 2 : 3).fill(null)
      return Array.from({ length: windows.kernel[i] }, (_, k) =>
        single(
          spreads(name, [getItem(of, [...before, k])], {
            axis,
            start: k * windows.dilation[i] - windows.padding[i],
            spacing: windows.stride[i],
            count: size[i],
          }),
        ),
      ).reduce((all, part) => add(all, part))
    }
    return along(along(apart, 1, 4), 0, 2)
  },
)
