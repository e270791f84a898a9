// What arguments of the public API may be, for tests that hand over what they may not be.

/** What an argument or an option accepts, and some of it to try. */
export interface Kind {
  readonly valid: readonly unknown[]
  /** Whether one of {@link junk} happens to be right here. */
  accepts(value: unknown): boolean
  /** What is wrong in this place alone: another rank, a NaN among numbers. */
  readonly invalid: readonly unknown[]
}

const cyclic: unknown[] = []
cyclic.push(cyclic)
const cyclicObject: Record<string, unknown> = {}
cyclicObject.self = cyclicObject

class Odd {
  readonly shape = 'odd'
}

/** Values of every type, most of them wrong in most places. */
export const junk: readonly unknown[] = [
  undefined,
  null,
  true,
  false,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -1,
  0,
  1.5,
  2 ** 33,
  2 ** 60,
  7n,
  '',
  // Whole texts are given in the place of names, and no error repeats them.
  'nonsense '.repeat(500),
  'constructor',
  '__proto__',
  Symbol('odd'),
  [],
  [[]],
  [null],
  ['1'],
  [Number.NaN],
  [-1, 2],
  [2 ** 33],
  [2 ** 20, 2 ** 20],
  [[1, 2], [3]],
  cyclic,
  cyclicObject,
  {},
  { constructor: 1 },
  { nonsense: 1 },
  Object.create({ inherited: true }),
  () => 0,
  class {},
  new Map(),
  new Map([['a', 1]]),
  new Set([1]),
  new Date(0),
  new Odd(),
  new Float32Array(0),
  new DataView(new ArrayBuffer(4)),
  Promise.resolve(1),
  /odd/,
]

export const kind = (
  valid: readonly unknown[],
  accepts: Kind['accepts'] = () => false,
  invalid: readonly unknown[] = [],
): Kind => ({ valid, accepts, invalid })

/** Whether a value may be a function of `ops`, which only a trace finds out. */
export const isPlainFunction = (value: unknown): boolean =>
  typeof value === 'function' && !String(value).startsWith('class')

const isInteger = (value: unknown, min: number, limit = 2 ** 53): boolean =>
  Number.isSafeInteger(value) && Number(value) >= min && Number(value) < limit
const isBetween = (value: unknown, min: number, max: number): boolean =>
  typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max

/** An option may be left out, or be null, as Keras's None. */
export const nullable = ({ valid, accepts, invalid }: Kind): Kind =>
  kind([null, ...valid], (value) => value === null || accepts(value), invalid)

export const extent = kind([1, 3], (value) => isInteger(value, 1, 2 ** 32))
export const positiveInteger = kind([1, 2], (value) => isInteger(value, 1))
export const integer = kind([0, 2], (value) => isInteger(value, 0))
export const finite = kind([0, 0.5], (value) => isBetween(value, -Infinity, Infinity))
export const atLeastZero = kind([0, 0.5], (value) => isBetween(value, 0, Infinity))
export const positive = kind([0.5], (value) => isBetween(value, Number.MIN_VALUE, Infinity))
export const share = kind([0, 0.25], (value) => isBetween(value, 0, 1) && value !== 1, [1])
export const flag = kind([true, false], (value) => typeof value === 'boolean')
export const text = kind(['given'], (value) => typeof value === 'string' && value !== '')
export const oneOf = (...names: readonly unknown[]): Kind => kind(names, (value) => names.includes(value))
/** An option of Keras that is not supported yet: its default, null and false. */
export const unsupported = (only: unknown): Kind => oneOf(only, null, false)

const isShape = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.every((item) => item === null || isInteger(item, 1, 2 ** 32)) &&
  value.reduce((product: number, item) => product * Number(item ?? 1), 1) < 2 ** 32
export const shape = kind([[2, 3]], isShape)
/** An extent for each of `rank` axes, or one for all. */
export const extents = (rank: number, min = 1): Kind =>
  kind(
    [2, Array<number>(rank).fill(2)],
    (value) =>
      isInteger(value, min, 2 ** 32) ||
      (Array.isArray(value) && value.length === rank && value.every((item) => isInteger(item, min, 2 ** 32))),
    [Array<number>(rank + 1).fill(2), ...(rank > 1 ? [[2]] : [])],
  )
