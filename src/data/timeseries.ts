// Windows of a series in batches, each with the target of its start.

import { checkCount, checkExtent, checkPositiveInteger, fail } from '../errors.ts'
import { Generator } from '../util/generator.ts'
import { flag, nullable, option, orNull, readOptions, required, type TableFor } from '../util/options.ts'
import { namedArguments } from '../util/positional.ts'
import { nextSeed } from '../util/seed.ts'
import { isTensorData, Tensor, toTensor } from '../util/tensor.ts'
import { type SharedArray, WINDOWS, type WindowBatches, Windows } from '../util/windows.ts'
import { Dataset } from './dataset.ts'
import { type Numbers, readRows } from './numbers.ts'
import { seedOption } from './split.ts'

export interface TimeseriesOptions {
  /** Time steps from the start of a window to that of the next, `1` by default. */
  readonly sequenceStride?: number
  /** Takes every samplingRate-th time step of the series, `1` by default. */
  readonly samplingRate?: number
  /** Windows a batch, `128` by default; `null`: windows one by one. */
  readonly batchSize?: number | null
  /** Whether windows come in a random order, another one each iteration; `false` by default. */
  readonly shuffle?: boolean
  /** Of the order; `null`, the default, takes the next of `setSeed`. */
  readonly seed?: number | null
  /** The first time step that windows may have; `null`, the default: the first. */
  readonly startIndex?: number | null
  /** The time step before which windows end; `null`, the default: behind the last. */
  readonly endIndex?: number | null
}

interface Length {
  /** Time steps of a window. */
  readonly sequenceLength: number
}

/** What targets by name are given as: none, or of each window one. */
interface Without {
  /** `null`, the default: windows alone. */
  readonly targets?: null
}
interface With {
  /** `[timesteps, ...]`: of the window that starts at time step i the target is `targets[i]`. */
  readonly targets: Numbers
}
interface Series {
  /** The series, `[timesteps]` or `[timesteps, ...features]`. */
  readonly data: Numbers
}

/** Time steps of a window and then options, or all by name. */
type WindowLength =
  | [sequenceLength: number, options?: TimeseriesOptions | null]
  | [options: TimeseriesOptions & Length]

const timeseriesOptions = {
  // Both are read where their rows are.
  data: nullable<unknown>((_where, _name, value) => value),
  targets: nullable<unknown>((_where, _name, value) => value),
  sequenceLength: required(checkPositiveInteger),
  sequenceStride: option(1, checkPositiveInteger),
  samplingRate: option(1, checkPositiveInteger),
  batchSize: option<number | null>(128, orNull(checkExtent)),
  shuffle: flag(false),
  seed: seedOption,
  startIndex: nullable(checkCount),
  endIndex: nullable(checkPositiveInteger),
} as const satisfies TableFor<TimeseriesOptions & Length & Record<'data' | 'targets', unknown>>

/** Windows in batches. It can be iterated with `for` and with `for await`. */
export class TimeseriesDataset<T> extends Dataset<T> implements Iterable<T> {
  /** Consoles and errors name its objects so, whatever a minifier makes of the class. */
  static override readonly name: string = 'TimeseriesDataset'
  readonly #batches: () => Iterable<T>
  /** @internal What models put on the device once, instead of batches; null where elements are no batches. */
  readonly [WINDOWS]: WindowBatches | null

  /** @internal Made by {@link timeseriesDatasetFromArray}. */
  constructor(batches: () => Iterable<T>, count: number, windows: WindowBatches | null) {
    super(batches, count, windows?.batchSize ?? null)
    this.#batches = batches
    this[WINDOWS] = windows
  }

  override [Symbol.iterator](): Iterator<T> {
    return this.#batches()[Symbol.iterator]()
  }
}

/**
 * Windows of a series in batches `[batch, sequenceLength, ...features]`, with targets as `[windows, targets]`: of the window that starts at
 * time step i the target is `targets[i]`.
 *
 * @param data The series, `[timesteps]` or `[timesteps, ...features]`.
 * @param targets `[timesteps, ...]`; `null` for windows alone.
 * @param length `sequenceLength`, the time steps of a window, and options; or all by name, as Keras's keywords:
 * `timeseriesDatasetFromArray(data, { targets, sequenceLength: 12 })`.
 * @throws {RecurraError} if the series has no whole window.
 * @see keras/src/utils/timeseries_dataset_utils.py
 */
export function timeseriesDatasetFromArray(
  data: Numbers,
  targets: null,
  ...length: WindowLength
): TimeseriesDataset<Tensor>
export function timeseriesDatasetFromArray(
  data: Numbers,
  targets: Numbers,
  ...length: WindowLength
): TimeseriesDataset<[windows: Tensor, targets: Tensor]>
export function timeseriesDatasetFromArray(
  data: Numbers,
  options: TimeseriesOptions & Length & Without,
): TimeseriesDataset<Tensor>
export function timeseriesDatasetFromArray(
  data: Numbers,
  options: TimeseriesOptions & Length & With,
): TimeseriesDataset<[windows: Tensor, targets: Tensor]>
export function timeseriesDatasetFromArray(
  options: TimeseriesOptions & Length & Series & Without,
): TimeseriesDataset<Tensor>
export function timeseriesDatasetFromArray(
  options: TimeseriesOptions & Length & Series & With,
): TimeseriesDataset<[windows: Tensor, targets: Tensor]>
export function timeseriesDatasetFromArray(
  ...given: readonly unknown[]
): TimeseriesDataset<Tensor> | TimeseriesDataset<[Tensor, Tensor]> {
  const where = 'timeseriesDatasetFromArray'
  // Plain objects of data and shape are data, all others are options.
  const args = given.map((each) => (isTensorData(each) ? toTensor(each, where) : each))
  const names = ['data', 'targets', 'sequenceLength']
  const read = readOptions(where, timeseriesOptions, namedArguments(where, names, args, timeseriesOptions))
  const { data, targets } = read
  const length = read.sequenceLength
  const series = readRows(data, `${where}, data`)
  const [steps = 0] = series.shape
  const start = read.startIndex ?? 0
  const end = read.endIndex ?? steps
  if (start >= end || end > steps)
    fail(where, { expected: `startIndex below endIndex, up to ${steps}`, got: `${start} and ${end}` })
  const span = (length - 1) * read.samplingRate + 1
  if (span > end - start)
    fail(where, {
      expected: `a series of at least ${span} time steps, which a window has`,
      got: `${end - start}`,
      remedy: 'Give a smaller sequenceLength or samplingRate.',
    })
  const known = targets === null ? null : readRows(targets, `${where}, targets`)
  const targetSteps = known ? (known.shape[0] ?? 0) - start : steps
  if (targetSteps < 1)
    fail(`${where}, targets`, { expected: `more than ${start} targets`, got: `${known?.shape[0]}` })
  const starts = Math.min(end - start - span + 1, targetSteps)
  const count = Math.ceil(starts / read.sequenceStride)
  const { sequenceStride: stride, samplingRate: rate, batchSize: size } = read
  const part = rowsFrom(series, start, end)
  const targetPart = known && rowsFrom(known, start, start + (count - 1) * stride + 1)
  const shared = targetPart && sharedBy(part.data, targetPart.data)
  const x = new Windows(part, { count, length, stride, rate }, shared?.[0])
  const y = targetPart && new Windows(targetPart, { count, length: null, stride, rate: 1 }, shared?.[1])
  const batch = (numbers: readonly number[]): unknown => (y ? [x.at(numbers), y.at(numbers)] : x.at(numbers))
  let seed = read.seed
  let iterations = 0
  return new TimeseriesDataset<never>(
    function* () {
      if (read.shuffle) seed ??= nextSeed()
      const order = read.shuffle
        ? [...new Generator(seed as number, iterations++).permutation(count)]
        : Array.from({ length: count }, (_, i) => i)
      for (let i = 0; i < count; i += size ?? 1) {
        const made = batch(order.slice(i, i + (size ?? 1)))
        yield (size === null ? first(made) : made) as never
      }
    },
    Math.ceil(count / (size ?? 1)),
    size === null ? null : { x, y, batchSize: size, shuffle: read.shuffle, seed: read.seed },
  )
}

/** Two arrays that lie in one memory, near each other, as one array and where each starts in it: so the device has it once. */
function sharedBy(a: Float32Array, b: Float32Array): [SharedArray, SharedArray] | null {
  if (a.buffer !== b.buffer) return null
  const [first, last] = a.byteOffset <= b.byteOffset ? [a, b] : [b, a]
  const end = Math.max(a.byteOffset + a.byteLength, b.byteOffset + b.byteLength)
  if (last.byteOffset > first.byteOffset + first.byteLength) return null
  const data = new Float32Array(a.buffer, first.byteOffset, (end - first.byteOffset) / 4)
  const placeOf = (part: Float32Array): SharedArray => ({
    data,
    first: (part.byteOffset - first.byteOffset) / 4,
  })
  return [placeOf(a), placeOf(b)]
}

/** The rows from `from` up to `to`, which lie in the memory of the array. */
function rowsFrom({ data, shape: [rows = 1, ...row] }: Tensor, from: number, to: number): Tensor {
  const size = data.length / rows
  return new Tensor(data.subarray(from * size, to * size), [to - from, ...row])
}

/** The only sample of a batch. */
const first = (batch: unknown): unknown =>
  Array.isArray(batch)
    ? batch.map(first)
    : new Tensor((batch as Tensor).data, (batch as Tensor).shape.slice(1))
