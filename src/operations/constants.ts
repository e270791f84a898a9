// Tensors of numbers that follow from their shape: operands of other functions. As in Keras they are values, no part of a graph.

import { checkExtent, checkFinite, checkInteger, fail } from '../errors.ts'
import type { Drawn } from '../layers/callable.ts'
import { shape as readShape } from '../layers/options.ts'
import { openTensor } from '../layers/own/openTensor.ts'
import { isTracing } from '../layers/own/tracing.ts'
import { type OpenShape, type Shape, sizeOf } from '../util/shape.ts'
import { Tensor } from '../util/tensor.ts'
import type { Dtype } from './dtype.ts'
import { keyworded } from './keywords.ts'
import { integersOf } from './operation.ts'

/** A tensor of so many numbers at most. */
const MOST = 2 ** 28

/** What stands for a tensor in a function that is traced while extents are open. */
const open = (shape: OpenShape): Drawn => openTensor(shape) as Drawn

function filled(where: string, shape: unknown, at: (index: number) => number): Tensor {
  // The step traces the function again, where extents are known.
  if (isTracing() && Array.isArray(shape) && shape.includes(null))
    return open(readShape(where, 'shape', shape))
  const extents = typeof shape === 'number' ? [shape] : (integersOf(where, 'shape', shape) as Shape)
  for (const extent of extents) checkInteger(where, 'each extent', extent, { min: 0 })
  const size = checkInteger(where, 'the number of entries', sizeOf(extents), { min: 0, max: MOST })
  return new Tensor(
    Float32Array.from({ length: size }, (_, i) => at(i)),
    extents,
  )
}

/* @__NO_SIDE_EFFECTS__ */
const constant = (name: string, value: number) =>
  keyworded(
    `ops.${name}`,
    'shape dtype=null',
    (shape: number | OpenShape, _dtype: Dtype = null): Tensor => filled(`ops.${name}`, shape, () => value),
  )

/** A tensor of one number. In the `call` of a class its shape may have open extents, such as the batch: `[ops.shape(x)[0], 8]`. */
export const full = keyworded(
  'ops.full',
  'shape fillValue dtype=null',
  (shape: number | OpenShape, fillValue: number, _dtype: Dtype = null): Tensor => {
    const value = checkFinite('ops.full', 'fillValue', fillValue)
    return filled('ops.full', shape, () => value)
  },
)
/** A tensor of zeros; of open extents too in the `call` of a class, as {@link full}. */
export const zeros = constant('zeros', 0)
/** A tensor of ones; of open extents too in the `call` of a class, as {@link full}. */
export const ones = constant('ones', 1)
/** A tensor of zeros: nothing is left unwritten here. */
export const empty = constant('empty', 0)

/** A matrix of ones where the number of an entry's diagonal, its column less its row, says so, and else zeros. */
function byDiagonal(
  where: string,
  rows: number,
  columns: number | null,
  isOne: (diagonal: number) => boolean,
): Tensor {
  const height = checkExtent(where, 'N', rows)
  const width = columns === null ? height : checkExtent(where, 'M', columns)
  return filled(where, [height, width], (i) => Number(isOne((i % width) - Math.floor(i / width))))
}

/* @__NO_SIDE_EFFECTS__ */
const diagonals = (name: string, isOne: (diagonal: number, k: number) => boolean) =>
  keyworded(
    `ops.${name}`,
    'N M=null k=0 dtype=null',
    (N: number, M: number | null = null, k = 0, _dtype: Dtype = null): Tensor => {
      const by = checkInteger(`ops.${name}`, 'k', k)
      return byDiagonal(`ops.${name}`, N, M, (diagonal) => isOne(diagonal, by))
    },
  )

/** A matrix with ones on the k-th diagonal. */
export const eye = diagonals('eye', (diagonal, k) => diagonal === k)
/** A square matrix with ones on its diagonal. */
export const identity = keyworded(
  'ops.identity',
  'n dtype=null',
  (n: number, _dtype: Dtype = null): Tensor =>
    byDiagonal('ops.identity', n, null, (diagonal) => diagonal === 0),
)
/** A matrix with ones on and below the k-th diagonal. */
export const tri = diagonals('tri', (diagonal, k) => diagonal <= k)

/**
 * Numbers from `start`, or 0, up to but without `stop`, in steps. In the `call` of a class the end may be an open extent:
 * `ops.arange(0, ops.shape(x)[1])`.
 */
export const arange = keyworded(
  'ops.arange',
  'start stop=null step=null dtype=null',
  (
    start: number | null,
    stop: number | null = null,
    step: number | null = null,
    _dtype: Dtype = null,
  ): Tensor => {
    const where = 'ops.arange'
    // An open extent is null, and so is what is left out: from 0 up to nothing there are no numbers.
    if (isTracing() && stop === null && !start) return open([null])
    const [from, end] = stop === null ? [0, start] : [start, stop]
    const by = checkFinite(where, 'step', step ?? 1)
    if (by === 0) fail(where, { expected: 'a step that is not 0', got: '0' })
    const first = checkFinite(where, 'start', from)
    const count = Math.max(0, Math.ceil((checkFinite(where, 'stop', end) - first) / by))
    return filled(where, [count], (i) => first + by * i)
  },
)

/** `num` numbers as far from each other from `start` to `stop`, which is one of them unless `endpoint` is false. */
export const linspace = keyworded(
  'ops.linspace',
  'start stop num=50 endpoint=true',
  (start: number, stop: number, num = 50, endpoint = true): Tensor =>
    spaced('ops.linspace', start, stop, num, endpoint),
)

function spaced(where: string, start: number, stop: number, num: number, endpoint: boolean): Tensor {
  const [first, last] = [checkFinite(where, 'start', start), checkFinite(where, 'stop', stop)]
  const count = checkInteger(where, 'num', num, { min: 0, max: MOST })
  const parts = endpoint ? count - 1 : count
  return filled(where, [count], (i) => (parts === 0 ? first : first + ((last - first) * i) / parts))
}

/** `num` powers of a base, whose exponents go from `start` to `stop`. */
export const logspace = keyworded(
  'ops.logspace',
  'start stop num=50 endpoint=true base=10',
  (start: number, stop: number, num = 50, endpoint = true, base = 10): Tensor => {
    const of = checkFinite('ops.logspace', 'base', base)
    const { data, shape } = spaced('ops.logspace', start, stop, num, endpoint)
    return new Tensor(
      Float32Array.from(data, (exponent) => of ** exponent),
      shape,
    )
  },
)

/** `num` numbers from `start` to `stop`, each the same factor times the one before; both have one sign. */
export const geomspace = keyworded(
  'ops.geomspace',
  'start stop num=50 endpoint=true',
  (start: number, stop: number, num = 50, endpoint = true): Tensor => {
    const where = 'ops.geomspace'
    const [first, last] = [checkFinite(where, 'start', start), checkFinite(where, 'stop', stop)]
    if (!(first * last > 0))
      fail(where, { expected: 'start and stop of one sign', got: `${first} and ${last}` })
    const { data, shape } = spaced(where, 0, 1, num, endpoint)
    return new Tensor(
      Float32Array.from(data, (share) => (share === 1 ? last : first * (last / first) ** share)),
      shape,
    )
  },
)

/** A window of so many numbers, by its place from −1 to 1. */
/* @__NO_SIDE_EFFECTS__ */
const window = (name: string, at: (place: number) => number) => (x: number) => {
  const count = checkExtent(`ops.${name}`, 'x', x)
  return filled(`ops.${name}`, [count], (i) => (count === 1 ? 1 : at((2 * i) / (count - 1) - 1)))
}

/** The Hann window. */
export const hanning = window('hanning', (place) => 0.5 + 0.5 * Math.cos(Math.PI * place))
/** The Hamming window. */
export const hamming = window('hamming', (place) => 0.54 + 0.46 * Math.cos(Math.PI * place))
/** The triangular window. */
export const bartlett = window('bartlett', (place) => 1 - Math.abs(place))
/** The Blackman window. */
export const blackman = window(
  'blackman',
  (place) => 0.42 + 0.5 * Math.cos(Math.PI * place) + 0.08 * Math.cos(2 * Math.PI * place),
)

/** The modified Bessel function of the first kind and order 0, by its series. */
function bessel(x: number): number {
  let [sum, term] = [1, 1]
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) ** 2
    sum += term
  }
  return sum
}

/** The Kaiser window, which falls off the faster the larger `beta` is. */
export const kaiser = (x: number, beta: number): Tensor => {
  const shape = checkFinite('ops.kaiser', 'beta', beta, { min: -500, max: 500 })
  const count = checkExtent('ops.kaiser', 'x', x)
  const most = bessel(shape)
  return filled('ops.kaiser', [count], (i) =>
    count === 1 ? 1 : bessel(shape * Math.sqrt(Math.max(0, 1 - ((2 * i) / (count - 1) - 1) ** 2))) / most,
  )
}
