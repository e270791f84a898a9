// Whether tensors agree as far as the arithmetic that computed them lets them agree.

import { checkOneOf, checkPositive, checkPositiveInteger, fail } from '../errors.ts'
import { indicesOf } from '../util/nested.ts'
import { sameShape, showShape } from '../util/shape.ts'
import {
  type NestedArray,
  type NumericArray,
  type Tensor,
  type TensorData,
  tensor,
  toTensor,
} from '../util/tensor.ts'

/** Numbers with a shape: a tensor, nested arrays, a typed array (one axis), or a number. */
export type TensorLike = Tensor | TensorData | NestedArray | NumericArray

/**
 * How far numbers may be apart. Two sums of K products, each computed in its own order, differ by at most `K · ε · Σ|aᵢbᵢ|` (Higham,
 * Accuracy and Stability of Numerical Algorithms, 3.1, to first order), so that the tolerance is `terms · ε · scale`.
 */
export interface ToleranceOptions {
  /** How many terms the longest sum has behind a number: of a product of matrices the inner extent. 1 by default. */
  readonly terms?: number | undefined
  /** The type in which it was computed: its ε is 2⁻²³ or 2⁻¹⁰. `'float32'` by default. */
  readonly dtype?: 'float32' | 'float16' | undefined
  /**
   * `Σ|aᵢbᵢ|`, the size of what is added up, for all numbers or, with the shape of the expected ones, for each. By default the largest absolute value that is
   * expected, which is too small where large terms cancel each other.
   */
  readonly scale?: number | TensorLike | undefined
}

const EPSILON = { float32: 2 ** -23, float16: 2 ** -10 } as const
const NAMES = ['terms', 'dtype', 'scale']

/** What {@link compareTensors} found. */
export interface Comparison {
  readonly isClose: boolean
  /** What was expected and what was found, for a failure's message. */
  readonly expected: string
  readonly got: string
}

/**
 * Compares numbers with those expected. NaN and infinities agree with themselves alone.
 *
 * @throws {RecurraError} for what holds no numbers, and for unknown options.
 */
export function compareTensors(
  actual: unknown,
  expected: unknown,
  options: ToleranceOptions,
  where: string,
): Comparison {
  const { terms = 1, dtype = 'float32', scale } = options
  for (const name of Object.keys(options))
    if (!NAMES.includes(name)) fail(where, { expected: `options ${NAMES.join(', ')}`, got: name })
  checkPositiveInteger(where, 'terms', terms)
  const epsilon = EPSILON[checkOneOf(where, 'dtype', dtype, ['float32', 'float16'])]
  const [a, b] = [read(actual, where), read(expected, where)]
  if (!sameShape(a.shape, b.shape))
    return { isClose: false, expected: `shape ${showShape(b.shape)}`, got: showShape(a.shape) }
  const sizes = scalesOf(b, scale, where)
  let worst = -1
  let most = 0
  let count = 0
  b.data.forEach((value, i) => {
    const found = a.data[i] ?? Number.NaN
    if (Object.is(found, value) || found === value) return
    const difference = Math.abs(found - value) / (terms * epsilon * (sizes[i] ?? 0))
    const excess = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference
    if (excess <= 1) return
    count++
    if (excess > most || worst < 0) [worst, most] = [i, excess]
  })
  const [x = Number.NaN, y = Number.NaN, size = 0] = [a.data[worst], b.data[worst], sizes[worst]]
  const tolerance = terms * epsilon * size
  return {
    isClose: count === 0,
    expected: `shape ${showShape(b.shape)}, each number within terms ${terms} × ε ${epsilon.toPrecision(3)} (${dtype}) × its scale`,
    got:
      count === 0
        ? 'that'
        : `${count} of ${b.data.length} farther, the farthest at [${indicesOf(worst, b.shape).join(', ')}]: ${x} for ${y}, ` +
          `apart by ${Math.abs(x - y).toPrecision(3)} where ${tolerance.toPrecision(3)} is allowed`,
  }
}

/**
 * Throws where numbers differ from those expected by more than the arithmetic explains: for node:test and others without matchers.
 *
 * @throws {RecurraError} that names the farthest number.
 */
export function assertTensorClose(
  actual: TensorLike,
  expected: TensorLike,
  options: ToleranceOptions = {},
): void {
  const comparison = compareTensors(actual, expected, options, 'assertTensorClose')
  if (!comparison.isClose) fail('assertTensorClose', { expected: comparison.expected, got: comparison.got })
}

/** Tensors may be of another copy of the package: in Node that of `recurra` is not the one here. */
const isTensor = (value: unknown): value is TensorData =>
  typeof value === 'object' && value !== null && 'data' in value && 'shape' in value

function read(value: unknown, where: string): Tensor {
  if (typeof value === 'number') return tensor(value)
  return toTensor(isTensor(value) ? { data: value.data, shape: value.shape } : value, where)
}

function scalesOf(
  expected: Tensor,
  given: ToleranceOptions['scale'],
  where: string,
): { readonly [index: number]: number } {
  const all = (scale: number): Float32Array => new Float32Array(expected.data.length).fill(scale)
  if (typeof given === 'number') return all(checkPositive(where, 'scale', given))
  if (given === undefined) {
    const finite = expected.data.filter(Number.isFinite)
    return all(finite.reduce((most, value) => Math.max(most, Math.abs(value)), 0))
  }
  const scale = read(given, where)
  if (sameShape(scale.shape, expected.shape)) return scale.data.map(Math.abs)
  return fail(where, { expected: `scale of shape ${showShape(expected.shape)}`, got: showShape(scale.shape) })
}
