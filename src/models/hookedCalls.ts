// The callbacks of a call of fit, evaluate or predict. Loaded with these calls, of fit's with those that are listened to.

import { ListOfCallbacks } from '../training/callbackList.ts'
import type { CallbackHooks, CallbackParams } from '../training/callbacks.ts'
import { ProgressBarOf } from '../training/progressCallback.ts'
import type { Call } from './call.ts'
import type { ModelCore } from './core.ts'
import { checkCallbacks } from './trainer/checkCallbacks.ts'
import type { PassHooks } from './trainer/runOnce.ts'

/** The callbacks of a call as one, which know the model and the call. */
export function openCallbacks(
  core: ModelCore,
  where: string,
  given: readonly CallbackHooks[],
  params: CallbackParams,
): ListOfCallbacks<unknown> {
  checkCallbacks(where, given)
  // The call prints its own progress, for which no step is waited for.
  const callbacks = new ListOfCallbacks<unknown>(
    flattened(given).filter((callback) => callback.constructor !== ProgressBarOf),
  )
  callbacks.setModel(core.model ?? null)
  callbacks.setParams(params)
  return callbacks
}

/** Callbacks with those of lists in their place. */
const flattened = (callbacks: readonly CallbackHooks[]): readonly CallbackHooks[] =>
  callbacks.flatMap((callback) =>
    callback instanceof ListOfCallbacks ? flattened(callback.callbacks) : [callback],
  )

/**
 * The hooks of a pass for callbacks of an evaluation, which get the numbers so far after each step if they have a hook of steps.
 *
 * @param onEnd Called after each submit, too.
 */
export function testHooks(
  call: Call,
  callbacks: ListOfCallbacks<unknown>,
  onEnd: (done: number) => void = () => undefined,
): PassHooks {
  if (!callbacks.listensTo('onTestBatchBegin', 'onTestBatchEnd')) return { onEnd }
  return {
    onBegin: (step) => callbacks.onTestBatchBegin(step, {}),
    async onEnd(done) {
      const logs = call.device.core.measures.logsOf(await call.readTotals())
      onEnd(done)
      await callbacks.onTestBatchEnd(done - 1, logs)
    },
  }
}

/** The hooks of a pass for callbacks of a prediction. */
export function predictHooks(callbacks: ListOfCallbacks<unknown>, onEnd: (done: number) => void): PassHooks {
  if (!callbacks.listensTo('onPredictBatchBegin', 'onPredictBatchEnd')) return { onEnd }
  return {
    onBegin: (step) => callbacks.onPredictBatchBegin(step, {}),
    async onEnd(done) {
      onEnd(done)
      await callbacks.onPredictBatchEnd(done - 1, {})
    },
  }
}
