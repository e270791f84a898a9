// Calls of one model run one after another. Only fit lets other calls run beside it, so that its callbacks can make them.

import { unlessAborted } from '../util/abort.ts'
import { refusals } from './later.ts'

export class Turns {
  #last: Promise<unknown> = Promise.resolve()
  #isFitting = false
  readonly #disposal: AbortSignal
  readonly #onEnd: () => void

  /**
   * @param disposal Ends all calls with its reason, whatever they wait for; those made afterwards refuse the model themselves.
   * @param onEnd Called at the end of a call, or of the fit beside which the call ran.
   */
  constructor(disposal: AbortSignal, onEnd: () => void) {
    this.#disposal = disposal
    this.#onEnd = onEnd
  }

  /** Makes a call after the earlier calls. */
  inTurn<T>(call: () => Promise<T>): Promise<T> {
    const result = this.#last.then(call).finally(() => {
      // A running fit calls it at its own end.
      if (!this.#isFitting) this.#onEnd()
    })
    this.#last = result.catch(() => undefined)
    return this.unlessDisposed(result)
  }

  /** Makes the one fit, beside other calls. */
  async fit<T>(where: string, call: () => Promise<T>): Promise<T> {
    if (this.#isFitting) (await refusals()).failForFit(where)
    this.#isFitting = true
    const result = call().finally(() => {
      this.#isFitting = false
      this.#onEnd()
    })
    return this.unlessDisposed(result)
  }

  /** What a call gives, unless the model is disposed meanwhile. */
  unlessDisposed<T>(result: Promise<T>): Promise<T> {
    return this.#disposal.aborted ? result : unlessAborted(result, [this.#disposal])
  }
}
