// CallbackList: several callbacks as one, for loops of one's own.

import { checkInteger, checkPositiveInteger, describeValue, fail } from '../errors.ts'
import { LayersModel } from '../models/model.ts'
import { checkCallbacks } from '../models/trainer/checkCallbacks.ts'
import { ListOfCallbacks } from '../training/callbackList.ts'
import type { CallbackHooks } from '../training/callbacks.ts'
import { HistoryOf } from '../training/historyCallback.ts'
import { ProgressBarOf } from '../training/progressCallback.ts'
import { type CallableClass, callableClass } from '../util/callableClass.ts'
import { flag, nullable, option, type TableFor } from '../util/options.ts'
import type { PlacedArguments } from '../util/positional.ts'
import { readArguments } from './options.ts'

export interface CallbackListOptions {
  /** Whether a `History` is added unless there is one, `false` by default. */
  readonly addHistory?: boolean
  /** Whether a `ProgbarLogger` is added unless there is one, `false` by default. */
  readonly addProgbar?: boolean
  /** The model of the callbacks; `null`, the default: `setModel` says it. */
  readonly model?: LayersModel | null
  /** What the callbacks find as `params.verbose`, `0` by default. */
  readonly verbose?: number
  /** What the callbacks find as `params.epochs`, `1` by default. */
  readonly epochs?: number
  /** What the callbacks find as `params.steps`, `null` by default. */
  readonly steps?: number | null
}

interface AllOptions extends CallbackListOptions {
  /** Those that the list calls, in their order. */
  readonly callbacks?: readonly CallbackHooks[] | null
}

const options = {
  callbacks: nullable<readonly CallbackHooks[]>((where, _name, value) => {
    const list = [value].flat() as readonly CallbackHooks[]
    checkCallbacks(where, list)
    return list
  }),
  addHistory: flag(false),
  addProgbar: flag(false),
  model: nullable<LayersModel>((where, name, value) =>
    value instanceof LayersModel
      ? value
      : fail(where, { expected: `${name} to be a model`, got: describeValue(value) }),
  ),
  verbose: option(0, (where, name, value) => checkInteger(where, name, value, { min: 0, max: 2 })),
  epochs: option(1, checkPositiveInteger),
  steps: nullable(checkPositiveInteger),
} as const satisfies TableFor<AllOptions>

type Arguments = PlacedArguments<
  [callbacks?: readonly CallbackHooks[] | null],
  CallbackListOptions,
  AllOptions
>

class CallbackListOf extends ListOfCallbacks<LayersModel> {
  constructor(...args: Arguments) {
    const config = readArguments('CallbackList', options, ['callbacks'], args)
    super(config.callbacks ?? [])
    const has = (made: typeof HistoryOf | typeof ProgressBarOf): boolean =>
      this.callbacks.some((callback) => callback instanceof made)
    if (config.addHistory && !has(HistoryOf)) this.append(new HistoryOf<LayersModel>())
    if (config.addProgbar && !has(ProgressBarOf)) this.append(new ProgressBarOf<LayersModel>())
    if (config.model) this.setModel(config.model)
    const { verbose, epochs, steps } = config
    this.setParams({ verbose, epochs, steps })
  }

  /** Adds a callback at the end. */
  append(callback: CallbackHooks): void {
    checkCallbacks('CallbackList', [callback])
    this.callbacks.push(callback)
  }
}

/**
 * Several callbacks as one: each of its hooks calls that of all, one after the other, and resolves when the last is done. For loops of
 * one's own, of `trainOnBatch` say; `fit` takes one, too.
 *
 * ```ts
 * const callbacks = CallbackList([EarlyStopping('loss')], { model, epochs: 10 })
 * await callbacks.onTrainBegin({})
 * ```
 *
 * @see keras/src/callbacks/callback_list.py
 */
export const CallbackList: CallableClass<Arguments, CallbackListOf> = callableClass(
  'CallbackList',
  CallbackListOf,
)
export type CallbackList = CallbackListOf
