// LambdaCallback: a callback of functions.

import { describeValue, fail } from '../errors.ts'
import { callbackHooks } from '../models/trainer/checkCallbacks.ts'
import type { CallbackHooks } from '../training/callbacks.ts'
import { type CallableClass, callableClass } from '../util/callableClass.ts'
import { nullable, readOptions } from '../util/options.ts'
import { Callback } from './callback.ts'

type Arguments = readonly [hooks?: CallbackHooks]

const isHook = nullable((where, name, value) =>
  typeof value === 'function'
    ? value
    : fail(where, { expected: `${name} to be a function`, got: describeValue(value) }),
)
const options = Object.fromEntries(Object.keys(callbackHooks).map((name) => [name, isHook]))

class LambdaCallbackOf extends Callback {
  constructor(...[hooks]: Arguments) {
    super()
    const given = Object.entries(readOptions('LambdaCallback', options, hooks))
    // What is not given stays the base class's, which asks for nothing.
    Object.assign(this, Object.fromEntries(given.filter(([, hook]) => hook !== null)))
  }
}

/**
 * A callback of functions by the names of hooks. `fit` takes an object of hooks as it is, too.
 *
 * ```ts
 * LambdaCallback({ onEpochEnd: (epoch, logs) => console.log(epoch, logs.loss) })
 * ```
 *
 * @see keras/src/callbacks/lambda_callback.py
 */
export const LambdaCallback: CallableClass<Arguments, LambdaCallbackOf> = callableClass(
  'LambdaCallback',
  LambdaCallbackOf,
)
export type LambdaCallback = LambdaCallbackOf
