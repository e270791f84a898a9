// Functions in files: by name alone, never as code.

import { fail } from '../../errors.ts'
import { functionReference, registeredFunction } from '../../layers/classNames.ts'
import { ErrorToLoad } from '../formatError.ts'
import { CODE, type KerasConfig } from '../kerasConfig.ts'
import { isJsonObject, type Json, type JsonObject } from './json.ts'
import { keysToSnakeCase } from './snakeCase.ts'

type AnyFunction = (...args: never[]) => unknown

/** A function as Keras writes it. */
interface FunctionConfig extends JsonObject {
  readonly class_name: 'function'
  /** Its name, after the package that it is registered in. */
  readonly config: string
}

/** Whether a value of a file is a function by its name. */
export const isFunctionConfig = (value: Json | undefined): value is FunctionConfig =>
  isJsonObject(value) && value.class_name === 'function' && typeof value.config === 'string'

/**
 * A function as files have it.
 *
 * @param beside What else its user may do, for the error.
 * @throws {RecurraError} if it is not registered.
 */
export const functionConfig = (fn: AnyFunction, where: string, beside?: string): JsonObject =>
  keysToSnakeCase<Json>({ ...functionReference(fn, where, beside) })

/**
 * The function that a file names.
 *
 * @throws {RecurraError} if none is registered by that name.
 */
export function functionFrom({ config: name }: FunctionConfig, where: string): AnyFunction {
  return (
    registeredFunction(name) ??
    fail(where, {
      expected: 'a function that is registered',
      got: `"${name}"`,
      remedy: `Its code is not in the file: write it in ops, and call register('${name}', …) before.`,
    })
  )
}

/** Refuses a lambda of Python, which files hold as code, in `inFile`. */
export function refuseCode({ class_name: name }: KerasConfig, where: string): void {
  if (name === CODE) throw new ErrorToLoad(async () => (await import('./code.ts')).failCode(where))
}
