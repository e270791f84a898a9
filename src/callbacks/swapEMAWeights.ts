// SwapEMAWeights: evaluations and predictions by the moving averages of the weights.

import { overwriteAverages, swapWithAverages } from '../training/averagedWeights.ts'
import { type CallableClass, callableClass } from '../util/callableClass.ts'
import { flag, type TableFor } from '../util/options.ts'
import { Callback } from './callback.ts'
import { optimizerOf } from './learningRateScheduler.ts'
import { readArguments } from './options.ts'

export interface SwapEMAWeightsOptions {
  /** Whether the averages are the weights between epochs, too, for callbacks behind this one; `false` by default. */
  readonly swapOnEpoch?: boolean
}

const options = { swapOnEpoch: flag(false) } as const satisfies TableFor<SwapEMAWeightsOptions>

type Arguments = readonly [options?: SwapEMAWeightsOptions]

class SwapEMAWeightsCallback extends Callback {
  /** Whether the averages are the weights between epochs, too, for callbacks behind this one; `false` by default. */
  readonly swapOnEpoch: boolean
  /** Whether the model's weights are the averages at present. */
  #isSwapped = false

  constructor(...args: Arguments) {
    super()
    this.swapOnEpoch = readArguments('SwapEMAWeights', options, [], args).swapOnEpoch
  }

  async #swap(isSwapped: boolean): Promise<void> {
    if (this.#isSwapped === isSwapped) return
    await swapWithAverages(optimizerOf(this.model))
    this.#isSwapped = isSwapped
  }

  override onTrainBegin(): void {
    this.#isSwapped = false
  }

  override async onEpochBegin(): Promise<void> {
    if (this.swapOnEpoch) await this.#swap(false)
  }

  override async onEpochEnd(epoch: number): Promise<void> {
    if (!this.swapOnEpoch) return
    await this.#swap(true)
    // At its end a fit makes the weights their averages, which are the weights now.
    if (epoch === (this.params?.epochs ?? 0) - 1) await overwriteAverages(optimizerOf(this.model))
  }

  override async onTestBegin(): Promise<void> {
    await this.#swap(true)
  }

  override async onTestEnd(): Promise<void> {
    await this.#swap(false)
  }

  override async onPredictBegin(): Promise<void> {
    await this.#swap(true)
  }

  override async onPredictEnd(): Promise<void> {
    await this.#swap(false)
  }
}

/**
 * Evaluates and predicts by the moving averages of the weights, which an optimizer with `useEma` keeps, and trains on by the weights.
 *
 * @see keras/src/callbacks/swap_ema_weights.py
 */
export const SwapEMAWeights: CallableClass<Arguments, SwapEMAWeightsCallback> = callableClass(
  'SwapEMAWeights',
  SwapEMAWeightsCallback,
)
export type SwapEMAWeights = SwapEMAWeightsCallback
