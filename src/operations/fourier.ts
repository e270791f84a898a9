// Fourier transforms. A complex tensor is a list of two, `[real, imaginary]`, as in Keras. A transform of n numbers is products with
// matrices of sines and cosines: one of n × n, or where n = p·q is longer, one of p × p and one of q × q (Cooley and Tukey 1965).

import { checkExtent, describeValue, fail } from '../errors.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { showShape } from '../util/shape.ts'
import { Tensor } from '../util/tensor.ts'
import { copy } from './curves.ts'
import { add, multiply, negative, subtract } from './elementwise.ts'
import { flip, getItem } from './indexing.ts'
import { concatenate } from './joining.ts'
import { type Operand, shapeOfOperand } from './operation.ts'
import { operation } from './operationLayer.ts'
import { pad } from './padding.ts'
import { matmul } from './products.ts'
import { reshape, swapaxes, zerosLike } from './shapes.ts'

/** Real and imaginary parts. */
export type Complex = readonly [real: Operand, imaginary: Operand]
/** What transforms return. */
export type ComplexTensor = [real: SymbolicTensor, imaginary: SymbolicTensor]

/** The longest transform that is one product with a matrix. */
const MOST_AT_ONCE = 64

/** A table of e^(∓2πi·j·k/n) for j and k, cosines and sines; products of integers are exact. */
function waves(rows: number, columns: number, n: number, sign: number): [cosines: Tensor, sines: Tensor] {
  const table = (of: (angle: number) => number): Tensor =>
    new Tensor(
      Float32Array.from({ length: rows * columns }, (_, i) => {
        const turns = (Math.floor(i / columns) * (i % columns)) % n
        return of((2 * Math.PI * turns) / n)
      }),
      [rows, columns],
    )
  return [table(Math.cos), table((angle) => sign * Math.sin(angle))]
}

const times = (
  [a, b]: Complex,
  [c, d]: Complex,
  product: (x: Operand, y: Operand) => SymbolicTensor,
): ComplexTensor => [subtract(product(a, c), product(b, d)), add(product(a, d), product(b, c))]

/** The largest divisor of n that is no larger than its root. */
function divisorOf(n: number): number {
  for (let divisor = Math.floor(Math.sqrt(n)); divisor > 1; divisor--) if (n % divisor === 0) return divisor
  return 1
}

/** The transform over the last axis, of n entries; forward with sign −1, back without its factor 1/n with sign 1. */
function transformed(x: Complex, n: number, sign: number, shape: readonly number[]): ComplexTensor {
  const p = divisorOf(n)
  if (n <= MOST_AT_ONCE || p === 1) return times(x, waves(n, n, n, sign), matmul)
  const q = n / p
  const each = (of: Complex, fn: (part: Operand) => SymbolicTensor): ComplexTensor => [fn(of[0]), fn(of[1])]
  // Entry j = q·j₁ + j₂ goes to k = k₁ + p·k₂: over j₁, then turned by j₂·k₁, then over j₂.
  const grid = each(x, (part) => swapaxes(reshape(part, [...shape, p, q]), -1, -2))
  const first = transformed(grid, p, sign, [...shape, q])
  const turned = times(first, waves(q, p, n, sign), multiply)
  const second = transformed(
    each(turned, (part) => swapaxes(part, -1, -2)),
    q,
    sign,
    [...shape, p],
  )
  return each(second, (part) => reshape(swapaxes(part, -1, -2), [...shape, n]))
}

/** Two parts of one shape, whose last axes are known. */
function partsOf(
  name: string,
  x: Complex,
  axes: number,
): { parts: Complex; outer: number[]; extents: number[] } {
  const list: readonly unknown[] = Array.isArray(x) ? x : []
  if (list.length !== 2)
    return fail(name, { expected: 'a complex tensor as [real, imaginary]', got: describeValue(x) })
  const shape = shapeOfOperand(x[0], name)
  const extents = shape.slice(shape.length - axes)
  if (shape.length < axes || extents.includes(null))
    return fail(name, {
      expected: `${axes === 1 ? 'a last axis' : 'two last axes'} of known extent`,
      got: showShape(shape),
    })
  return {
    parts: x,
    outer: shape.slice(0, -axes).map((extent) => extent ?? -1),
    extents: extents as number[],
  }
}

/** Extents as reshape takes them, of which one is open at most. */
const open = (x: Operand, name: string): number[] => shapeOfOperand(x, name).map((extent) => extent ?? -1)

const overLast = (name: string, x: Complex, sign: number): ComplexTensor => {
  const { parts, outer, extents } = partsOf(name, x, 1)
  return transformed(parts, extents[0] as number, sign, outer)
}

/** The Fourier transform over the last axis of a complex tensor, [real, imaginary]. */
export const fft = operation('math', 'FFT', 'x', (x: Complex): ComplexTensor => overLast('ops.fft', x, -1), {
  name: 'fft',
})

function overTwo(name: string, x: Complex, sign: number): ComplexTensor {
  partsOf(name, x, 2)
  const turn = (of: Complex): Complex => [swapaxes(of[0], -1, -2), swapaxes(of[1], -1, -2)]
  const [real, imaginary] = turn(overLast(name, turn(overLast(name, x, sign)), sign))
  return [real as SymbolicTensor, imaginary as SymbolicTensor]
}

/** The Fourier transform over the last two axes of a complex tensor, [real, imaginary]. */
export const fft2 = operation(
  'math',
  'FFT2',
  'x',
  (x: Complex): ComplexTensor => overTwo('ops.fft2', x, -1),
  {
    name: 'fft2',
  },
)

/** The inverse of {@link fft2}. */
export const ifft2 = operation(
  'math',
  'IFFT2',
  'x',
  (x: Complex): ComplexTensor => {
    const [real, imaginary] = overTwo('ops.ifft2', x, 1)
    const { extents } = partsOf('ops.ifft2', x, 2)
    const share = 1 / extents.reduce((product, extent) => product * extent, 1)
    return [multiply(real, share), multiply(imaginary, share)]
  },
  { name: 'ifft2' },
)

/** The first entries of the last axis, with zeros behind where there are fewer. */
function fitted(x: Operand, count: number, name: string): Operand {
  const shape = shapeOfOperand(x, name)
  const extent = shape.at(-1) ?? 0
  if (extent === count) return x
  if (extent > count) return getItem(x, ['...', [0, count]])
  return pad(x, [...shape.slice(1).map(() => [0, 0] as const), [0, count - extent]])
}

/**
 * The Fourier transform of real numbers over the last axis, its first ⌊n/2⌋ + 1 entries as [real, imaginary].
 *
 * @param fftLength n: what is beyond it is left out, zeros stand for what is missing; null, the default, for the axis as it is.
 */
export const rfft = operation(
  'math',
  'RFFT',
  'x fftLength=null',
  (x: Operand, fftLength: number | null = null): ComplexTensor => {
    const name = 'ops.rfft'
    const n = checkExtent(name, 'fftLength', fftLength ?? shapeOfOperand(x, name).at(-1))
    const row = fitted(x, n, name)
    const half = Math.floor(n / 2) + 1
    if (n <= MOST_AT_ONCE || divisorOf(n) === 1) {
      const [cosines, sines] = waves(n, half, n, -1)
      return [matmul(row, cosines), matmul(row, sines)]
    }
    const [real, imaginary] = overLast(name, [row, zerosLike(row)], -1)
    return [getItem(real, ['...', [0, half]]), getItem(imaginary, ['...', [0, half]])]
  },
  { name: 'rfft' },
)

/**
 * The inverse of {@link rfft}: real numbers of the first entries of a transform, [real, imaginary].
 *
 * @param fftLength How many numbers; null, the default, for twice the entries less 2.
 */
export const irfft = operation(
  'math',
  'IRFFT',
  'x fftLength=null',
  (x: Complex, fftLength: number | null = null): SymbolicTensor => {
    const name = 'ops.irfft'
    const { parts, extents } = partsOf(name, x, 1)
    const n = checkExtent(name, 'fftLength', fftLength ?? 2 * ((extents[0] as number) - 1))
    const half = Math.floor(n / 2) + 1
    const [real, imaginary] = [fitted(parts[0], half, name), fitted(parts[1], half, name)]
    if (n <= MOST_AT_ONCE || divisorOf(n) === 1) {
      // Entries in between stand for two, of which the other is conjugate.
      const weight = (k: number): number => (k === 0 || 2 * k === n ? 1 : 2) / n
      const table = waves(half, n, n, -1).map(
        ({ data, shape }) =>
          new Tensor(
            Float32Array.from(data, (value, i) => value * weight(Math.floor(i / n))),
            shape,
          ),
      ) as [Tensor, Tensor]
      return add(matmul(real, table[0]), matmul(imaginary, table[1]))
    }
    const mirrored = (part: Operand): SymbolicTensor => flip(getItem(part, ['...', [1, n - half + 1]]), -1)
    const rank = open(real, name).length - 1
    const whole = [
      concatenate([real, mirrored(real)], rank),
      // The first entry, and the middle one of an even number, are real.
      multiply(
        concatenate([imaginary, negative(mirrored(imaginary))], rank),
        Float32Array.from({ length: n }, (_, k) => Number(k > 0 && 2 * k !== n)),
      ),
    ] as const
    return copy(multiply(overLast(name, whole, 1)[0], 1 / n))
  },
  { name: 'irfft' },
)
