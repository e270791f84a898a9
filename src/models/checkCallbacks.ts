// Whether callbacks are what fit can call. Loaded with the first of them.

import { describeValue, didYouMean, fail } from '../errors.ts'
import type { Callback } from '../training/callbacks.ts'

/** The hooks by name. */
const callbackHooks: readonly (keyof Callback)[] = [
  'onTrainBegin',
  'onTrainEnd',
  'onEpochBegin',
  'onEpochEnd',
  'onTrainBatchBegin',
  'onTrainBatchEnd',
  'onBatchBegin',
  'onBatchEnd',
  'onTestBegin',
  'onTestEnd',
]

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

/** Whether there are hooks. One that fit does not know would never be called. Methods of classes are hooks as well. */
function checkHooks(where: string, callback: object): boolean {
  let hasHooks = false
  for (
    let level: object | null = callback;
    level !== null;
    level = Object.getPrototypeOf(level) as object | null
  ) {
    for (const name of Object.getOwnPropertyNames(level)) {
      if (!/^on[A-Z_]/.test(name)) continue
      if (!callbackHooks.some((hook) => hook === name)) {
        fail(where, {
          expected: `only the hooks ${callbackHooks.join(', ')}`,
          got: `'${name}'`,
          remedy: didYouMean(name, callbackHooks),
        })
      }
      hasHooks = true
      const hook = (callback as Readonly<Record<string, unknown>>)[name]
      if (typeof hook !== 'function' && hook !== undefined)
        fail(where, { expected: `${name} to be a function`, got: describeValue(hook) })
    }
  }
  return hasHooks
}
