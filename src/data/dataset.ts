// A small tf.data: elements that are made as they are asked for, anew by each iteration.

import { checkCount, checkInteger, checkPositiveInteger, describeValue, fail } from '../errors.ts'
import { Generator } from '../util/generator.ts'
import { readOptions } from '../util/options.ts'
import { nextSeed } from '../util/seed.ts'
import { AwaitedElements, failForEnd } from './awaited.ts'
import {
  type BatchOptions,
  batchOptions,
  type Cardinality,
  checkFunction,
  type Elements,
  type MapOptions,
  mapOptions,
  product,
  type ShuffleOptions,
  shuffleOptions,
  type WindowOptions,
  windowOptions,
} from './datasetOptions.ts'
import { type Batched, collate, type Slice, type Slices, separate, slicesOf } from './elements.ts'
import { padAndCollate } from './paddedBatch.ts'
import {
  type AnyIterable,
  checkIterable,
  counted,
  filtered,
  flatMapped,
  mapped,
  prefetched,
  repeated,
  shuffled,
  skip,
  take,
  windows,
  windowsIn,
  zipped,
} from './sources.ts'
import { withoutNew } from './withoutNew.ts'

/** A window: a data set of its elements, or one a component. */
export type Window<T> = T extends readonly unknown[] ? { [Key in keyof T]: Dataset<T[Key]> } : Dataset<T>

class DatasetClass<T> extends AwaitedElements<T> implements AsyncIterable<T> {
  readonly #open: () => AnyIterable<T>
  readonly #cardinality: Cardinality
  /** @internal What `batch` was called with last; null where elements are no batches. */
  readonly batchSize: number | null

  /** @internal Made by the static functions. */
  constructor(open: () => AnyIterable<T>, cardinality: Cardinality, batchSize: number | null = null) {
    super()
    if (typeof open !== 'function')
      fail('Dataset', { expected: 'to be made by Dataset.fromTensorSlices, say', got: describeValue(open) })
    this.#open = open
    this.#cardinality = cardinality
    this.batchSize = batchSize
  }

  /**
   * The entries of arrays along their first axis: of one array, of a tuple `[tensor, tensor]`, or of arrays by name. A list is a tuple
   * where it has tensors, typed arrays or lists of texts in it; otherwise it is one array of numbers or texts.
   *
   * @throws {RecurraError} if the arrays have not as many entries each.
   */
  static fromTensorSlices<const Data extends Slices | readonly Slices[] | Readonly<Record<string, Slices>>>(
    data: Data,
  ): Dataset<Slice<Data>> {
    return setOf(slicesOf(data, 'Dataset.fromTensorSlices') as Slice<Data>[])
  }

  /** What an iterable gives, or a function that returns one, async or not; a function is called anew by each iteration. */
  static fromGenerator<T>(source: AnyIterable<T> | (() => AnyIterable<T>)): Dataset<T> {
    if (typeof source === 'function') return new Dataset(() => checkIterable(source()), null)
    const data = checkIterable(source)
    return new Dataset(() => data, null)
  }

  /** Numbers from `start`, 0 by default, up to `stop`, by `step`: `range(stop)`, `range(start, stop)`, `range(start, stop, step)`. */
  static range(
    ...bounds: readonly [stop: number] | readonly [start: number, stop: number, step?: number]
  ): Dataset<number> {
    const where = 'Dataset.range'
    const [start, stop, step] =
      bounds.length === 1 ? [0, bounds[0], 1] : [bounds[0], bounds[1], bounds[2] ?? 1]
    for (const [name, value] of Object.entries({ start, stop, step })) checkInteger(where, name, value)
    if (step === 0) fail(where, { expected: 'a step other than 0', got: '0' })
    const count = Math.max(0, Math.ceil((stop - start) / step))
    return new Dataset(() => counted(start, step, count), count)
  }

  /** Elements of several data sets side by side, up to the end of the shortest. */
  static zip<const Sets extends readonly Elements<unknown>[]>(
    datasets: Sets,
  ): Dataset<{ -readonly [Key in keyof Sets]: Sets[Key] extends Elements<infer T> ? T : never }> {
    if (
      !Array.isArray(datasets) ||
      datasets.length === 0 ||
      !datasets.every((each) => each instanceof Dataset)
    )
      fail('Dataset.zip', { expected: 'a list of data sets', got: describeValue(datasets) })
    const counts = datasets.map((each) => each.cardinality())
    const count = counts.includes(null) ? null : Math.min(...counts.map(Number))
    return new Dataset(() => zipped(datasets), count) as never
  }

  /** What a function makes of each element; it may be async. */
  map<const U>(map: (element: T) => U | Promise<U>, options?: MapOptions | null): Dataset<U> {
    const where = 'Dataset.map'
    const { numParallelCalls } = readOptions(where, mapOptions, options)
    checkFunction(where, map)
    return new Dataset(() => mapped(this, map, numParallelCalls), this.#cardinality)
  }

  /** The elements of which a function is true; it may be async. */
  filter(predicate: (element: T) => boolean | Promise<boolean>): Dataset<T> {
    checkFunction('Dataset.filter', predicate)
    return new Dataset(() => filtered(this, predicate), null)
  }

  /** The elements of the data set, or the iterable, that a function makes of each element, one behind the other. */
  flatMap<U>(map: (element: T) => AnyIterable<U> | Promise<AnyIterable<U>>): Dataset<U> {
    checkFunction('Dataset.flatMap', map)
    return new Dataset(() => flatMapped(this, map), null)
  }

  /** Batches: each component with an axis in front, texts as a list. */
  batch(batchSize: number, options?: BatchOptions | null): Dataset<Batched<T>> {
    const where = 'Dataset.batch'
    return this.#batches(where, batchSize, options, (elements) => collate(elements, where)) as Dataset<
      Batched<T>
    >
  }

  /**
   * Batches of components that differ in extents, which are padded behind up to the largest of the batch.
   *
   * @param given `paddingValue` is 0 by default.
   */
  paddedBatch(
    batchSize: number,
    given?: (BatchOptions & { readonly paddingValue?: number }) | null,
  ): Dataset<Batched<T>> {
    const { paddingValue = 0, ...options } = given ?? {}
    const where = 'Dataset.paddedBatch'
    return this.#batches(where, batchSize, options, (list) =>
      padAndCollate(list, paddingValue, where),
    ) as Dataset<Batched<T>>
  }

  #batches(
    where: string,
    batchSize: number,
    options: BatchOptions | null | undefined,
    make: (elements: readonly T[]) => unknown,
  ): Dataset<unknown> {
    const size = checkPositiveInteger(where, 'batchSize', batchSize)
    const { dropRemainder } = readOptions(where, batchOptions, options)
    const count = this.#cardinality
    const step = { size, shift: size, stride: 1, dropRemainder }
    return new Dataset(() => mapped(windows(this, step), make, 1), windowsIn(count, step), size)
  }

  /** The elements of batches. */
  unbatch(): Dataset<unknown> {
    return new Dataset(
      () => flatMapped<T, unknown>(this, (batch) => separate(batch, 'Dataset.unbatch')),
      null,
    )
  }

  /**
   * Elements in a random order: each is drawn from a buffer of the next `bufferSize`. For a uniform order the buffer has to hold all.
   * One seed gives one order on every machine.
   */
  shuffle(bufferSize: number, options?: ShuffleOptions | null): Dataset<T> {
    const where = 'Dataset.shuffle'
    const size = checkPositiveInteger(where, 'bufferSize', bufferSize)
    const { seed, reshuffleEachIteration } = readOptions(where, shuffleOptions, options)
    let key = seed
    let iterations = 0
    return new Dataset(() => {
      key ??= nextSeed()
      const stream = reshuffleEachIteration ? iterations++ : 0
      return shuffled(this, size, new Generator(key, stream))
    }, this.#cardinality)
  }

  /** Data sets of `size` elements each, which may overlap. `flatMap((window) => window.batch(size))` makes tensors of them. */
  window(size: number, options?: WindowOptions | null): Dataset<Window<T>> {
    const where = 'Dataset.window'
    checkPositiveInteger(where, 'size', size)
    const { shift, ...others } = readOptions(where, windowOptions, options)
    const step = { size, shift: shift ?? size, ...others }
    const windowOf = (list: readonly T[]): unknown => {
      const [first] = list
      return Array.isArray(first)
        ? first.map((_: unknown, i) => setOf(list.map((element) => (element as readonly unknown[])[i])))
        : setOf(list)
    }
    return new Dataset(
      () => mapped(windows(this, step), (list) => windowOf(list) as Window<T>, 1),
      windowsIn(this.#cardinality, step),
    )
  }

  /** This data set and then another. */
  concatenate<U>(other: Dataset<U>): Dataset<T | U> {
    if (!(other instanceof Dataset))
      fail('Dataset.concatenate', { expected: 'a data set', got: describeValue(other) })
    const [first, second] = [this.#cardinality, other.cardinality()]
    const count = first === null || second === null ? null : first + second
    return new Dataset(() => flatMapped<AsyncIterable<T | U>, T | U>([this, other], (each) => each), count)
  }

  /** So many times through the data; `null`, the default, and −1: without end. */
  repeat(count?: number | null): Dataset<T> {
    const times = (count ?? -1) === -1 ? Infinity : checkCount('Dataset.repeat', 'count', count)
    const once = this.#cardinality
    return new Dataset(() => repeated(this, times), product(once, times))
  }

  /** The first elements; −1 for all. */
  take(count: number): Dataset<T> {
    if (count === -1) return this
    checkCount('Dataset.take', 'count', count)
    const known = count && this.#cardinality === null ? null : Math.min(this.#cardinality ?? 0, count)
    return new Dataset(() => take(this, count), known, this.batchSize)
  }

  /** Without the first elements; −1 for none left. */
  skip(count: number): Dataset<T> {
    if (count === -1) return new Dataset<T>(() => [], 0)
    checkCount('Dataset.skip', 'count', count)
    const all = this.#cardinality
    const left = all === null ? null : Math.max(0, all - count)
    return new Dataset(() => skip(this, count), left, this.batchSize)
  }

  /** Each element with its number in front: `[number, element]`. */
  enumerate(start?: number | null): Dataset<[number, T]> {
    const first = checkInteger('Dataset.enumerate', 'start', start ?? 0)
    return new Dataset<[number, T]>(() => {
      let i = first
      return mapped(this, (element) => [i++, element], 1)
    }, this.#cardinality)
  }

  /** Asks for so many elements before they are needed, while those before are worked on. */
  prefetch(bufferSize: number): Dataset<T> {
    const size = checkPositiveInteger('Dataset.prefetch', 'bufferSize', bufferSize)
    return new Dataset(() => prefetched(this, size), this.#cardinality, this.batchSize)
  }

  /** Keeps the elements of the first whole iteration for those that follow. */
  cache(): Dataset<T> {
    let kept: readonly T[] | null = null
    const source = this
    return new Dataset(async function* () {
      if (kept) return yield* kept
      const seen: T[] = []
      for await (const element of source) {
        seen.push(element)
        yield element
      }
      kept = seen
    }, this.#cardinality)
  }

  /** How many elements there are: `Infinity` without end, null where only an iteration tells. */
  cardinality(): Cardinality {
    return this.#cardinality
  }

  /** All elements in a list; the data set has to end. */
  async toArray(): Promise<T[]> {
    if (this.#cardinality === Infinity) failForEnd()
    const all: T[] = []
    for await (const element of this) all.push(element)
    return all
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    yield* this.#open()
  }
}

/** The data set of a list's items. */
export const setOf = <T>(list: readonly T[]): Dataset<T> => new Dataset(() => list, list.length)

/**
 * Elements that are made when they are asked for. An element that is an array is a tuple, such as `[x, y]`. `fit`, `evaluate`, `predict`
 * and `adapt` take a data set of batches.
 *
 * @see tensorflow/python/data/ops/dataset_ops.py
 */
export const Dataset: typeof DatasetClass = withoutNew('Dataset', DatasetClass)
export type Dataset<T> = DatasetClass<T>
