// What EarlyStopping, ModelCheckpoint and ReduceLROnPlateau share: a number of the logs that is to become small or large.

import { checkFinite, checkText, describeValue, didYouMean, fail } from '../errors.ts'
import { isValidated } from '../training/callback.ts'
import type { CallbackParams } from '../training/callbacks.ts'
import type { Logs } from '../training/output.ts'
import { oneOf, option, type TableFor } from '../util/options.ts'
import { Callback } from './callback.ts'
import { type Direction, directionOf } from './directions.ts'

export interface MonitorOptions {
  /** The number of the logs, `'val_loss'` by default. */
  readonly monitor?: string
  /** Whether the number is to become small (`'min'`) or large (`'max'`). `'auto'`, the default, goes by the metric. */
  readonly mode?: 'auto' | Direction
}

export const monitorOptions = {
  monitor: option('val_loss', checkText),
  mode: option<'auto' | Direction>('auto', oneOf(['auto', 'min', 'max'])),
} as const satisfies TableFor<MonitorOptions>

/** The least change that counts. */
export const minDelta = (fallback: number) =>
  option(fallback, (where, name, value) => Math.abs(checkFinite(where, name, value)))

export class MonitorCallback extends Callback {
  /** The number of the logs, `'val_loss'` by default. */
  readonly monitor: string
  /** Whether the number is to become small (`'min'`) or large (`'max'`). `'auto'`, the default, goes by the metric. */
  readonly mode: 'auto' | Direction
  /** By how much the number has to be better to count as an improvement; what it is by default, the callback says. */
  readonly minDelta: number
  /** The best value so far; null before the first. */
  best: number | null = null
  /** What the callback is called in errors. */
  readonly #where: string
  /** Whether it has been said that a number is not there. */
  #hasWarned = false

  constructor(
    where: string,
    { monitor, mode, minDelta }: { monitor: string; mode: 'auto' | Direction; minDelta: number },
  ) {
    super()
    this.#where = where
    this.monitor = monitor
    this.mode = mode
    this.minDelta = minDelta
  }

  /**
   * The monitored number after an epoch, or after a batch, of which `epoch` is null. It is null where validation has not been run since:
   * the first time a warning says so, and what happens then.
   *
   * @throws {RecurraError} if the logs never have it, with the names that they have.
   */
  protected monitored(epoch: number | null, logs: Logs, otherwise: string): number | null {
    const value: unknown = logs[this.monitor]
    if (typeof value === 'number') return value
    if (value !== undefined) {
      fail(this.#where, {
        expected: 'monitor to be the name of one number',
        got: `'${this.monitor}', which is ${describeValue(value)}`,
      })
    }
    const { validationFreq = null }: Partial<CallbackParams> = this.params ?? {}
    const isOfValidation = this.monitor.startsWith('val_')
    const names = Object.keys(logs)
    if (
      isOfValidation &&
      validationFreq !== null &&
      (epoch === null || !isValidated(epoch, validationFreq))
    ) {
      const since = epoch === null ? 'batches are' : `epoch ${epoch + 1} is`
      if (!this.#hasWarned)
        console.warn(
          `${this.#where}: expected ${this.monitor}, got ${names.join(', ')}, since ${since} not validated. ${otherwise}`,
        )
      this.#hasWarned = true
      return null
    }
    const isUnvalidated = isOfValidation && validationFreq === null
    return fail(this.#where, {
      expected: `monitor to be one of ${names.join(', ')}`,
      got: `'${this.monitor}'`,
      remedy: isUnvalidated
        ? 'Give fit validationData or a validationSplit, or monitor a number of the training.'
        : didYouMean(this.monitor, names),
    })
  }

  /** Whether a value is better than another by more than `minDelta`; the first is better than none. */
  protected isBetter(value: number, reference: number | null): boolean {
    if (reference === null) return true
    return this.#direction === 'max' ? value - this.minDelta > reference : value + this.minDelta < reference
  }

  get #direction(): Direction {
    if (this.mode !== 'auto') return this.mode
    return (
      directionOf(this.model.graph, this.monitor) ??
      fail(this.#where, {
        expected: 'a metric that is known to be better when it is smaller, or larger',
        got: `monitor '${this.monitor}' with mode 'auto'`,
        remedy: "Give mode: 'min' or mode: 'max'.",
      })
    )
  }
}
