// Calls of one model wait for each other; fit alone lets others in, from its callbacks.

import { fail } from '../errors.ts'

export class Turns {
  #last: Promise<unknown> = Promise.resolve()
  #isFitting = false
  readonly #onEnd: () => void

  /** @param onEnd Called when the device has nothing more to do for a call, or for the fit that it was made beside. */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd
  }

  /** Makes a call after those before it. */
  inTurn<T>(call: () => Promise<T>): Promise<T> {
    const result = this.#last.then(call).finally(() => {
      // A fit does it at its end.
      if (!this.#isFitting) this.#onEnd()
    })
    this.#last = result.catch(() => undefined)
    return result
  }

  /** Makes the one fit, beside other calls. */
  async fit<T>(where: string, call: () => Promise<T>): Promise<T> {
    if (this.#isFitting) {
      fail(where, {
        expected: 'no other fit',
        got: 'one that runs',
        remedy: 'Await the first fit before the next.',
      })
    }
    this.#isFitting = true
    try {
      return await call()
    } finally {
      this.#isFitting = false
      this.#onEnd()
    }
  }
}
