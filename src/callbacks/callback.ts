// `Callback`, as users know it: the class that they extend.

import { describeValue, fail } from '../errors.ts'
import type { LayersModel } from '../models/model.ts'
import { CallbackBase } from '../training/callback.ts'

/**
 * The base class of callbacks of one's own, for `fit`, `evaluate` and `predict`. `this.model` is the model, `this.params` says
 * `verbose`, `epochs` and `steps`. Each hook may be async and is awaited.
 *
 * ```ts
 * class StopAt extends Callback {
 *   constructor(readonly loss: number) { super() }
 *   onEpochEnd(_epoch: number, logs: Logs) { if (logs.loss < this.loss) this.model.stopTraining = true }
 * }
 * await model.fit(x, y, { callbacks: [new StopAt(0.1)] })
 * ```
 *
 * @see keras/src/callbacks/callback.py
 */
export class Callback extends CallbackBase<LayersModel> {
  constructor(...args: readonly unknown[]) {
    super()
    if (args.length > 0)
      fail('Callback', {
        expected: 'no arguments',
        got: args.map(describeValue).join(', '),
        remedy: 'Give fit an object of hooks itself: callbacks: [{ onEpochEnd(epoch, logs) { … } }].',
      })
  }
}
