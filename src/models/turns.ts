// Calls of one model run one after another. Only fit lets other calls run beside it, so that its callbacks can make them.

import { refusals } from './later.ts'

export class Turns {
  #last: Promise<unknown> = Promise.resolve()
  #isFitting = false
  readonly #onEnd: () => void

  /** @param onEnd Called at the end of a call, or of the fit beside which the call ran. */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd
  }

  /** Makes a call after the earlier calls. */
  inTurn<T>(call: () => Promise<T>): Promise<T> {
    const result = this.#last.then(call).finally(() => {
      // A running fit calls it at its own end.
      if (!this.#isFitting) this.#onEnd()
    })
    this.#last = result.catch(() => undefined)
    return result
  }

  /** Makes the one fit, beside other calls. */
  async fit<T>(where: string, call: () => Promise<T>): Promise<T> {
    if (this.#isFitting) (await refusals()).failForFit(where)
    this.#isFitting = true
    try {
      return await call()
    } finally {
      this.#isFitting = false
      this.#onEnd()
    }
  }
}
