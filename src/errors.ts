// Errors that help to mend the mistake: where it was made, what was expected, what was given, and what to change.
//
//   LSTM "encoder": expected input [batch, timesteps, features], got [32, 10]. Set returnSequences: true on …

/**
 * V8 ends a stack behind ten calls. As many of the library's own lie between a mistake and the line of the program that made it, which
 * is the one that its author looks for.
 */
const CALLS_IN_STACK = 50
const LIMIT = 'stackTraceLimit'

/** The class of every error that Recurra throws on purpose; any other error is a bug of Recurra. */
export class RecurraError extends Error {
  /** Node prints the name of the class too, which minifiers change. */
  static override readonly name: string = 'RecurraError'
  /** `'RecurraError'`, which other copies of the package know it by. */
  override readonly name: string = 'RecurraError'

  constructor(message?: string, options?: ErrorOptions) {
    // Other engines have no such limit, and where intrinsics are frozen it stays.
    const limit = Number(Reflect.get(Error, LIMIT))
    const limitTo = (calls: number): unknown => calls >= 0 && Reflect.set(Error, LIMIT, calls)
    limitTo(Math.max(limit, CALLS_IN_STACK))
    super(message, options)
    limitTo(limit)
  }
}

/** What went wrong, in words that complete "expected …, got …". */
export interface Problem {
  readonly expected: string
  /** What was given instead; {@link describeValue} prints values. */
  readonly got: string
  /** A sentence that says what to change. */
  readonly remedy?: string | undefined
}

/**
 * Throws a {@link RecurraError} that reads `<where>: expected <expected>, got <got>. <remedy>`.
 *
 * @param where What the user wrote and can find again: `LSTM "encoder"`, `fit`, `loadModel`.
 */
export function fail(where: string, problem: Problem): never {
  throw new RecurraError(describeProblem(where, problem))
}

/** Throws where code is not at hand that calls of models wait for. */
export const failUnloaded = (where: string, code: string): never =>
  fail(where, {
    expected: `the code of ${code} at hand`,
    got: 'some that the first call loads',
    remedy: 'Train or evaluate first.',
  })

/** Throws for what cannot be unless the library itself is wrong: no call of a user's leads here. */
export function impossible(what: string): never {
  throw new TypeError(what)
}

/** The text of an error: `<where>: expected <expected>, got <got>. <remedy>`. */
export const describeProblem = (where: string, { expected, got, remedy }: Problem): string =>
  `${bounded(where)}: expected ${expected}, got ${bounded(got)}.${remedy ? ` ${remedy}` : ''}`

const MAX_ITEMS = 8
const MAX_TEXT = 60
const MAX_PART = 600

/**
 * By this, objects say of which copy of the package they are, whose own `describeValue` they give: a page may load two, and neither knows
 * the layers of the other.
 */
export const COPY: unique symbol = Symbol.for('recurra')

/** Prints a value for the "got" of an error: short, on one line, and without throwing on odd values. */
export function describeValue(value: unknown): string {
  // Symbolic tensors are of the copy of their layer.
  const copy: unknown = Object(value)[COPY] ?? Object(Object(value).layer)[COPY]
  return describe(value) + (copy && copy !== describeValue ? ' of another copy of Recurra' : '')
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(shorten(value, MAX_TEXT))
  if (typeof value === 'bigint') return `${value}n`
  // The text of a layer is its class and its name.
  if (typeof value === 'function')
    return 'where' in value ? `${value}` : value.name ? `function ${value.name}` : 'a function'
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return describeArray(value)
  if ('then' in value && typeof value.then === 'function') return 'a promise that is not awaited'
  if (ArrayBuffer.isView(value)) {
    return 'length' in value ? `${className(value)}(${value.length})` : className(value)
  }
  if ('shape' in value && Array.isArray(value.shape))
    return `${className(value)} ${describeValue(value.shape)}`
  const name = className(value)
  return name === 'Object' ? listing('{', Object.keys(value), '}') : name
}

// A short flat array may be a shape, so its items are printed; nested arrays of numbers are data, so only their shape is printed.
function describeArray(value: readonly unknown[]): string {
  const shape: number[] = []
  let inner: unknown = value
  // Arrays that contain themselves would never end.
  while (Array.isArray(inner) && shape.length < MAX_ITEMS) {
    shape.push(inner.length)
    inner = inner[0]
  }
  if (shape.length > 1 && typeof inner === 'number') return `an array of shape [${shape.join(', ')}]`
  if (value.length > MAX_ITEMS) return `an array of length ${value.length}`
  return `[${value.map((item) => (Array.isArray(item) ? '[…]' : describeValue(item))).join(', ')}]`
}

function listing(open: string, items: readonly string[], close: string): string {
  if (items.length === 0) return open + close
  const more = items.length > MAX_ITEMS ? ', …' : ''
  const shown = items.slice(0, MAX_ITEMS).map((item) => shorten(item, MAX_TEXT))
  return `${open} ${shown.join(', ')}${more} ${close}`
}

/** A part of an error's text. Names that are given, such as a whole text in the place of a path, may be of any length. */
export const bounded = (part: string, limit = MAX_PART): string => shorten(part, limit)

const shorten = (text: string, limit: number): string =>
  text.length > limit ? `${text.slice(0, limit - 1)}…` : text

function className(value: object): string {
  const name = String(Object(value.constructor).name || 'Object')
  // Objects of Keras's classes say the name that minifiers leave as it is.
  // Elements of a page have a name of that kind, too, which most leave empty.
  return (name !== 'Object' && 'className' in value && String(value.className)) || name
}

/** Bounds of a number, both inclusive; none by default. */
export interface Range {
  readonly min?: number
  readonly max?: number
}

/** Returns `value` if it is a finite number within `range`, else throws. */
export function checkFinite(where: string, name: string, value: unknown, range: Range = {}): number {
  if (typeof value === 'number' && Number.isFinite(value) && within(value, range)) return value
  return fail(where, { expected: `${name} to be a finite number${bounds(range)}`, got: describeValue(value) })
}

/** Returns `value` if it is a finite number above 0, else throws. */
export function checkPositive(where: string, name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value
  return fail(where, { expected: `${name} to be a positive number`, got: describeValue(value) })
}

/** Returns `value` if it is a safe integer within `range`, else throws. */
export function checkInteger(where: string, name: string, value: unknown, range: Range = {}): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && within(value, range)) return value
  return fail(where, { expected: `${name} to be an integer${bounds(range)}`, got: describeValue(value) })
}

/** Returns `value` if it is one of 1, 2, 3, …, else throws. */
export function checkPositiveInteger(where: string, name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value
  return fail(where, { expected: `${name} to be a positive integer`, got: describeValue(value) })
}

/** Extents, sizes and counts of elements are below this, since kernels count in 32 bits. */
export const SIZE_LIMIT = 2 ** 32

/** Returns `value` if it is an extent, one of 1, 2, 3, … below 2³², else throws. */
export function checkExtent(where: string, name: string, value: unknown): number {
  const extent = checkPositiveInteger(where, name, value)
  return extent < SIZE_LIMIT ? extent : fail(where, { expected: `${name} to be below 2³²`, got: `${extent}` })
}

/** Returns `value` if it is a count, one of 0, 1, 2, … below 2³², else throws. */
export function checkCount(where: string, name: string, value: unknown): number {
  const count = checkInteger(where, name, value, { min: 0 })
  return count < SIZE_LIMIT ? count : fail(where, { expected: `${name} to be below 2³²`, got: `${count}` })
}

/** Returns `value` if it is a text of at least one letter, else throws. */
export function checkText(where: string, name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value
  return fail(where, { expected: `${name} to be a text that is not empty`, got: describeValue(value) })
}

/** Returns `value` if it is `true` or `false`, else throws. */
export function checkBoolean(where: string, name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value
  return fail(where, { expected: `${name} to be true or false`, got: describeValue(value) })
}

/** So many names are listed beside the one that is meant. */
export const LISTED = 8

/** Returns `value` if it is one of the strings in `allowed`, else throws and suggests the nearest of them. */
export function checkOneOf<const T extends string>(
  where: string,
  name: string,
  value: unknown,
  allowed: readonly T[],
): T {
  const found = allowed.find((candidate) => candidate === value)
  if (found !== undefined) return found
  const remedy = didYouMean(value, allowed)
  const listed = allowed.map((candidate) => `'${candidate}'`).join(', ')
  return fail(where, {
    expected: `${name} to be one of ${remedy && allowed.length > LISTED ? `${allowed.length} names` : listed}`,
    got: describeValue(value),
    remedy,
  })
}

/** `Did you mean 'tanh'?` for a misspelt name, or undefined where none of the candidates is near. */
export function didYouMean(value: unknown, candidates: readonly string[]): string | undefined {
  // A long text is no name, and comparing it would take time by its length.
  if (typeof value !== 'string' || value.length > MAX_TEXT) return undefined
  const plain = plainName(value)
  let best: string | undefined
  // A third of the letters may be wrong; beyond that, a suggestion is noise.
  let least = Math.floor(Math.max(plain.length, 3) / 3) + 1
  for (const candidate of candidates) {
    const other = plainName(candidate)
    // A name that goes on, as glorot_uniform does behind glorot, is as near as one of another letter.
    const isPart = plain.length > 1 && (other.startsWith(plain) || plain.startsWith(other))
    const distance = Math.min(editDistance(plain, other), isPart ? 1 : Infinity)
    if (distance < least) {
      least = distance
      best = candidate
    }
  }
  return best && `Did you mean '${best}'?`
}

/** Letters alone: camelCase, snake_case and spaces are one name to a reader. */
export const plainName = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, '')

function within(value: number, { min = -Infinity, max = Infinity }: Range): boolean {
  return value >= min && value <= max
}

function bounds({ min, max }: Range): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`
  if (min !== undefined) return ` of at least ${min}`
  return max !== undefined ? ` of at most ${max}` : ''
}

/** The number of letters to insert, delete, replace, or swap with their neighbour, to turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replace = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      let distance = Math.min(replace, at(last, j) + 1, at(row, j - 1) + 1)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, at(beforeLast, j - 2) + 1)
      }
      row.push(distance)
    }
    beforeLast = last
    last = row
  }
  return at(last, b.length)
}

const at = (row: readonly number[], index: number): number => row[index] ?? Infinity
