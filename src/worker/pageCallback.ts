// A callback of the page's, in the worker: each of its hooks is run in the page, and waited for.

import { CallbackBase } from '../training/callback.ts'
import type { Logs } from '../training/output.ts'
import type { Channel } from './channel.ts'

export class PageCallback extends CallbackBase<unknown> {
  /**
   * @param ref The page's number for it.
   * @param names Of the hooks that it has; no message is sent for others.
   */
  constructor(channel: Channel, ref: number, names: readonly string[]) {
    super()
    const hookOf =
      (name: string) =>
      async (...args: readonly [number, Logs] | readonly [Logs]): Promise<void> => {
        const logs = await channel.ask('hook', ref, name, this.params, args)
        // What a hook at the end of an epoch adds to its logs comes into the history.
        if (name === 'onEpochEnd') Object.assign(args.at(-1) as object, logs)
      }
    // As own members, because what a class has counts as a hook that somebody listens to.
    Object.assign(this, Object.fromEntries(names.map((name) => [name, hookOf(name)])))
  }
}
