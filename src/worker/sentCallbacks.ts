// Callbacks on their way to a worker. Keras's own are made anew there, where the model is, and tell what became of them at the end; hooks
// of the page's stay in the page.

import { fail } from '../errors.ts'
import { callbackHooks, checkCallbacks } from '../models/trainer/checkCallbacks.ts'
import type { FitOptions } from '../models/trainer/fitOptions.ts'
import type { HookName } from '../training/callback.ts'
import { ListOfCallbacks } from '../training/callbackList.ts'
import type { CallbackHooks, CallbackParams } from '../training/callbacks.ts'
import { HistoryOf } from '../training/historyCallback.ts'
import type { Logs } from '../training/output.ts'
import { originOf } from '../util/callableClass.ts'
import { mark } from './mark.ts'
import type { Scope } from './references.ts'

/** Those of Keras's that need no model. */
const IN_PAGE = ['History', 'LambdaCallback']

/**
 * Marks in the place of callbacks.
 *
 * @param model What callbacks of the page's find as `this.model`.
 */
export function markCallbacks(
  where: string,
  given: unknown,
  scope: Scope,
  model: unknown,
): readonly object[] {
  const list = [given ?? []].flat() as readonly CallbackHooks[]
  checkCallbacks(where, list)
  return flattened(list).flatMap((callback) => {
    const origin = originOf(callback)
    // The call prints its own progress.
    if (origin?.name === 'ProgbarLogger') return []
    if (origin && !IN_PAGE.includes(origin.name)) {
      const { name, args } = origin
      if (args === null) {
        fail(where, {
          expected: 'callbacks that a worker can make, or that need none of its memory',
          got: `a class that extends ${name}`,
          remedy: 'Extend Callback, whose hooks run in the page.',
        })
      }
      return [mark('callback', { ref: scope.keep(callback), name, args: scope.marked(args) })]
    }
    // A list calls the hooks of plain objects under both of their names.
    const hooks = new ListOfCallbacks<unknown>([callback])
    hooks.setModel(model)
    const names = (Object.keys(callbackHooks) as HookName[]).filter((name) => hooks.listensTo(name))
    const current = names.map((name) => name.replace(/^onBatch/, 'onTrainBatch'))
    return [mark('hooks', { ref: scope.keep(hooks), names: [...new Set(current)] })]
  })
}

/** Callbacks with those of lists in their place. */
const flattened = (callbacks: readonly CallbackHooks[]): readonly CallbackHooks[] =>
  callbacks.flatMap((callback) =>
    callback instanceof ListOfCallbacks ? flattened(callback.callbacks) : [callback],
  )

/** The record among the callbacks of options, which `fit` returns instead of one of its own. */
export const historyIn = (options: unknown): object | undefined =>
  flattened([(options as FitOptions | undefined)?.callbacks ?? []].flat()).find(
    (callback) => callback instanceof HistoryOf,
  )

/** Runs a hook for the worker. */
export async function runHook(
  hooks: ListOfCallbacks<unknown>,
  name: HookName,
  params: CallbackParams | null,
  args: readonly unknown[],
): Promise<Logs> {
  if (params) hooks.setParams(params)
  await (hooks[name] as (...args: readonly unknown[]) => Promise<unknown>)(...args)
  return args.at(-1) as Logs
}
