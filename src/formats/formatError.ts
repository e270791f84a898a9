// Errors of files: what is damaged, of another kind, or beyond what is read.

import { type Problem, RecurraError } from '../errors.ts'

/** The class of errors about the content of a file. */
export class FormatError extends RecurraError {
  override readonly name: string = 'FormatError'
}

/** Throws a {@link FormatError} that reads `<where>: expected <expected>, got <got>. <remedy>`. */
export function failFormat(where: string, { expected, got, remedy }: Problem): never {
  throw new FormatError(`${where}: expected ${expected}, got ${got}.${remedy ? ` ${remedy}` : ''}`)
}
