// Keras 2's TimeseriesGenerator: batches of the time steps before each time step, with its target.

import { checkCount, checkPositiveInteger, fail } from '../errors.ts'
import { Generator } from '../util/generator.ts'
import { type Config, flag, nullable, option, readOptions, required, type TableFor } from '../util/options.ts'
import { nextSeed } from '../util/seed.ts'
import { Tensor } from '../util/tensor.ts'
import { Unproxied } from '../util/unproxied.ts'
import { type Numbers, readRows, takeRows } from './numbers.ts'
import { seedOption } from './split.ts'
import { withoutNew } from './withoutNew.ts'

export interface TimeseriesGeneratorOptions {
  /** How many time steps of the series lie before the one that is told; with `samplingRate` 1 the length of samples. */
  readonly length: number
  /** Takes every samplingRate-th of them, `1` by default. */
  readonly samplingRate?: number
  /** From a time step that is told to the next, `1` by default. */
  readonly stride?: number
  /** Time steps before it are left out, `0` by default. */
  readonly startIndex?: number
  /** The last time step that is told; `null`, the default: the last of the series. */
  readonly endIndex?: number | null
  /** Whether time steps are drawn, with repetition; `false` by default. */
  readonly shuffle?: boolean
  /** Whether samples go back in time, `false` by default. */
  readonly reverse?: boolean
  /** Samples a batch, `128` by default. */
  readonly batchSize?: number
  /** Of the draws; `null`, the default, takes the next of `setSeed`. */
  readonly seed?: number | null
}

const generatorOptions = {
  length: required(checkPositiveInteger),
  samplingRate: option(1, checkPositiveInteger),
  stride: option(1, checkPositiveInteger),
  startIndex: option(0, checkCount),
  endIndex: nullable(checkCount),
  shuffle: flag(false),
  reverse: flag(false),
  batchSize: option(128, checkPositiveInteger),
  seed: seedOption,
} as const satisfies TableFor<TimeseriesGeneratorOptions>

class TimeseriesGeneratorClass extends Unproxied implements Iterable<[samples: Tensor, targets: Tensor]> {
  readonly #data: Tensor
  readonly #targets: Tensor
  readonly #options: Config<typeof generatorOptions>
  readonly #first: number
  readonly #last: number
  #draws: Generator | null = null

  /**
   * @param data The series, `[timesteps]` or `[timesteps, ...features]`.
   * @param targets `[timesteps, ...]`.
   * @throws {RecurraError} if no time step has so many before it.
   */
  constructor(data: Numbers, targets: Numbers, options: TimeseriesGeneratorOptions) {
    super()
    const where = 'TimeseriesGenerator'
    this.#options = readOptions(where, generatorOptions, options)
    this.#data = readRows(data, `${where}, data`)
    this.#targets = readRows(targets, `${where}, targets`)
    const [steps = 0] = this.#data.shape
    if (this.#targets.shape[0] !== steps)
      fail(where, { expected: `${steps} targets, one a time step`, got: `${this.#targets.shape[0]}` })
    this.#first = this.#options.startIndex + this.#options.length
    this.#last = Math.min(this.#options.endIndex ?? steps - 1, steps - 1)
    if (this.#first > this.#last)
      fail(where, {
        expected: `a time step behind startIndex + length, ${this.#first}`,
        got: `the last at ${this.#last}`,
      })
  }

  /** Batches. */
  get length(): number {
    const { batchSize, stride } = this.#options
    return Math.floor((this.#last - this.#first + batchSize * stride) / (batchSize * stride))
  }

  /** A batch by its number: samples `[batch, length / samplingRate, ...features]` and targets `[batch, ...]`. */
  get(index: number): [samples: Tensor, targets: Tensor] {
    const where = 'TimeseriesGenerator.get'
    const at = checkCount(where, 'index', index)
    if (at >= this.length) fail(where, { expected: `an index below ${this.length}`, got: `${at}` })
    const { batchSize, stride, shuffle, length, samplingRate, reverse, seed } = this.#options
    const start = this.#first + batchSize * stride * at
    const end = Math.min(start + batchSize * stride, this.#last + 1)
    if (shuffle) this.#draws ??= new Generator(seed ?? nextSeed())
    const draws = this.#draws
    const rows = draws
      ? Array.from({ length: batchSize }, () => this.#first + draws.below(this.#last + 1 - this.#first))
      : Array.from({ length: Math.ceil((end - start) / stride) }, (_, i) => start + i * stride)
    const kept = Math.ceil(length / samplingRate)
    const steps = rows.flatMap((row) => {
      const before = Array.from({ length: kept }, (_, i) => row - length + i * samplingRate)
      return reverse ? before.reverse() : before
    })
    const { data, shape } = takeRows(this.#data, steps)
    return [new Tensor(data, [rows.length, kept, ...shape.slice(1)]), takeRows(this.#targets, rows)]
  }

  *[Symbol.iterator](): IterableIterator<[samples: Tensor, targets: Tensor]> {
    for (let i = 0; i < this.length; i++) yield this.get(i)
  }
}

/**
 * Batches of samples of a series and their targets, for `fit`, `evaluate` and `predict`: of the time steps before `data[i]` the target is
 * `targets[i]`.
 *
 * @see keras/src/legacy/preprocessing/sequence.py
 */
export const TimeseriesGenerator = withoutNew('TimeseriesGenerator', TimeseriesGeneratorClass)
export type TimeseriesGenerator = TimeseriesGeneratorClass
