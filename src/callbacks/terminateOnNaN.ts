// TerminateOnNaN: ends a fit whose loss is no longer finite.

import { fail } from '../errors.ts'
import type { Logs } from '../training/output.ts'
import { type CallableClass, callableClass } from '../util/callableClass.ts'
import { flag, type TableFor } from '../util/options.ts'
import { Callback } from './callback.ts'
import { readArguments } from './options.ts'
import { say } from './say.ts'

export interface TerminateOnNaNOptions {
  /** Whether `fit` throws an error, instead of ending as if it were done; `false` by default. */
  readonly raiseError?: boolean
}

const options = { raiseError: flag(false) } as const satisfies TableFor<TerminateOnNaNOptions>

type Arguments = readonly [options?: TerminateOnNaNOptions]

class TerminateOnNaNCallback extends Callback {
  /** Whether `fit` throws an error, instead of ending as if it were done; `false` by default. */
  readonly raiseError: boolean

  constructor(...args: Arguments) {
    super()
    this.raiseError = readArguments('TerminateOnNaN', options, [], args).raiseError
  }

  override onBatchEnd(batch: number, { loss = 0 }: Logs): void {
    if (Number.isFinite(loss)) return
    if (this.raiseError) {
      fail('TerminateOnNaN', {
        expected: 'a finite loss',
        got: `${loss} after batch ${batch}`,
        remedy: 'Train with a smaller learning rate, or with inputs scaled to a deviation of about 1.',
      })
    }
    say(`Batch ${batch}: Invalid loss, terminating training`)
    this.model.stopTraining = true
  }
}

/**
 * Ends training after the batch whose loss is NaN or infinite. The loss is read back after every batch, as for every hook of batches,
 * which costs time on a GPU; `fit` alone says on the console, once and for nothing, when a loss stops being finite.
 *
 * @see keras/src/callbacks/terminate_on_nan.py
 */
export const TerminateOnNaN: CallableClass<Arguments, TerminateOnNaNCallback> = callableClass(
  'TerminateOnNaN',
  TerminateOnNaNCallback,
)
export type TerminateOnNaN = TerminateOnNaNCallback
