// Errors of files: what is damaged, of another kind, or beyond what is read.

import { describeProblem, type Problem, RecurraError } from '../errors.ts'

/** The class of errors about the content of a file. */
export class FormatError extends RecurraError {
  /** `'FormatError'`. */
  static override readonly name: string = 'FormatError'
  /** `'FormatError'`. */
  override readonly name: string = 'FormatError'
}

/** Throws a {@link FormatError} that reads `<where>: expected <expected>, got <got>. <remedy>`. */
export function failFormat(where: string, problem: Problem): never {
  throw new FormatError(describeProblem(where, problem))
}

/** An error whose text is loaded once it is thrown, in {@link inFile}: pages whose files are as they should be need none of it. */
export class ErrorToLoad extends Error {
  /** @param load Rejects with the error. */
  constructor(readonly load: () => Promise<never>) {
    super()
  }
}

/**
 * Makes something of what a file says. Mistakes that layers, optimizers and others find in it are those of the file, and not of the user,
 * who finds the file's name in front.
 *
 * @param remedy What to do about them all.
 */
export async function inFile<T>(where: string, make: () => T | Promise<T>, remedy?: string): Promise<T> {
  try {
    return await make()
  } catch (thrown) {
    const error =
      thrown instanceof ErrorToLoad ? await thrown.load().catch((loaded: unknown) => loaded) : thrown
    if (!(error instanceof RecurraError) || error instanceof FormatError) throw error
    const message = remedy ? `${error.message} ${remedy}` : error.message
    throw new FormatError(message.startsWith(where) ? message : `${where}, ${message}`, { cause: error })
  }
}
