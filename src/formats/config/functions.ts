// Functions in files: by name alone, never as code.

import { fail } from '../../errors.ts'
import { functionReference, registeredFunction } from '../../layers/classNames.ts'
import type { KerasConfig } from '../kerasConfig.ts'
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

/** What else those may do who have a file, and not the function that its model was compiled with. */
export const LOAD_WITHOUT = ', or load with { compile: false } and compile anew'

/**
 * The function that a file names.
 *
 * @param beside What else its user may do, for the error.
 * @throws {RecurraError} if none is registered by that name.
 */
export function functionFrom({ config: name }: FunctionConfig, where: string, beside = ''): AnyFunction {
  return (
    registeredFunction(name) ??
    fail(where, {
      expected: 'a function that is registered',
      got: `"${name}"`,
      remedy: `Its code is not in the file: write it in ops, and call register('${name}', …) before${beside}.`,
    })
  )
}

/** Whether a value of a file is a lambda of Python, which files hold as code. */
const isCode = (value: Json | undefined): boolean => isJsonObject(value) && value.class_name === '__lambda__'

const NO_CODE = { expected: 'functions by name, since code in a file is not run', got: 'a lambda of Python' }

/** Refuses a lambda of Python. */
export function refuseCode(value: KerasConfig, where: string): void {
  if (isCode(value))
    fail(where, {
      ...NO_CODE,
      remedy:
        'Give it a name in Python with keras.saving.register_keras_serializable, save anew, and register a function of ops by that name here.',
    })
}

/**
 * The config of a Lambda, with the function that is registered by the layer's name where the file has code, so that a file is read whose
 * Python is at hand no more. The code that says a shape is left out: shapes are found without it.
 *
 * @throws {RecurraError} if none is registered by that name.
 */
export function lambdaWithoutCode(given: KerasConfig, where: string): KerasConfig {
  const { output_shape: shape, ...config } = given.config
  if (shape !== undefined && !isCode(shape)) config.output_shape = shape
  if (!isCode(config.function)) return { ...given, config }
  const name = String(config.name)
  if (!registeredFunction(name))
    fail(`${where}, Lambda "${name}", function`, {
      ...NO_CODE,
      remedy: `Write it in ops, and call register('${name}', …) before: the function by the layer's name takes its place.`,
    })
  return { ...given, config: { ...config, function: { class_name: 'function', config: name } } }
}
