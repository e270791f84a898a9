// What errors call a function of `ops`.

import { RecurraError } from '../errors.ts'

/** An error of a function inside another says which one was called. */
export function asCalled<T>(where: string, call: () => T): T {
  try {
    return call()
  } catch (error) {
    if (error instanceof RecurraError && !error.message.startsWith(`${where}:`))
      throw new RecurraError(error.message.replace(/^(ops|random)\.\w+/, where))
    throw error
  }
}
