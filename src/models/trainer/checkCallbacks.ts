// Whether callbacks are what fit can call. Loaded with the first of them.

import { describeValue, didYouMean, fail } from '../../errors.ts'
import type { CallbackHooks } from '../../training/callbacks.ts'
import { computed, type TableFor } from '../../util/options.ts'
import { prototypeChain } from '../../util/prototypeChain.ts'

/** A hook, which may also be left undefined. */
const hook = computed<unknown>((where, name, value) =>
  typeof value === 'function' || value === undefined
    ? value
    : fail(where, { expected: `${name} to be a function`, got: describeValue(value) }),
)

/** The hooks of a callback. A callback is no plain object of options: methods of its class are hooks, and it may have other members. */
export const callbackHooks = {
  onTrainBegin: hook,
  onTrainEnd: hook,
  onEpochBegin: hook,
  onEpochEnd: hook,
  onTrainBatchBegin: hook,
  onTrainBatchEnd: hook,
  onBatchBegin: hook,
  onBatchEnd: hook,
  onTestBegin: hook,
  onTestEnd: hook,
  onTestBatchBegin: hook,
  onTestBatchEnd: hook,
  onPredictBegin: hook,
  onPredictEnd: hook,
  onPredictBatchBegin: hook,
  onPredictBatchEnd: hook,
} as const satisfies TableFor<CallbackHooks>

/** Refuses callbacks without hooks, and hooks that fit does not know. */
export function checkCallbacks(where: string, callbacks: readonly unknown[]): void {
  for (const callback of callbacks) {
    if (typeof callback !== 'object' || callback === null || Array.isArray(callback)) {
      fail(where, {
        expected: 'callbacks as objects with hooks such as onEpochEnd',
        got: describeValue(callback),
      })
    }
    if (!checkHooks(where, callback)) {
      fail(where, {
        expected: 'callbacks with hooks such as onEpochEnd',
        got: `${describeValue(callback)} without any`,
      })
    }
  }
}

/** Whether there are hooks. One that fit does not know would never be called. */
function checkHooks(where: string, callback: object): boolean {
  const names = Object.keys(callbackHooks)
  // Methods of its classes are hooks, too.
  const members = prototypeChain(callback).flatMap(Object.getOwnPropertyNames)
  const hooks = members.filter((name) => /^on[A-Z_]/.test(name))
  for (const name of hooks) {
    if (!names.includes(name)) {
      fail(where, {
        expected: `only the hooks ${names.join(', ')}`,
        got: `'${name}'`,
        remedy: didYouMean(name, names),
      })
    }
    hook.read(where, name, (callback as Readonly<Record<string, unknown>>)[name])
  }
  return hooks.length > 0
}
