// Code in files, which is not run: what takes its place, or what its reader is told to do.

import { fail } from '../../errors.ts'
import { registeredFunction } from '../../layers/classNames.ts'
import { failFormat } from '../formatError.ts'
import { CODE, type KerasConfig } from '../kerasConfig.ts'
import { isJsonObject, type Json, type JsonObject } from './json.ts'

const PROBLEM = { expected: 'functions by name, since code in a file is not run', got: 'a lambda of Python' }

/** Throws what to do about a lambda of Python in an option. */
export const failCode = (where: string): never =>
  fail(where, {
    ...PROBLEM,
    remedy:
      'Give it a name in Python with keras.saving.register_keras_serializable, save anew, and register a function of ops by that name here.',
  })

/**
 * A config in which a Lambda of a lambda has the function that is registered by the layer's name, so that a file is read whose Python is
 * at hand no more. The code that says a shape is left out: shapes are found without it.
 *
 * @throws {FormatError} if none is registered by that name.
 */
export const withoutCode = (config: KerasConfig, where: string): KerasConfig =>
  replaced(config, where) as KerasConfig

function replaced(given: Json, where: string): Json {
  if (Array.isArray(given)) return given.map((each) => replaced(each, where))
  if (!isJsonObject(given)) return given
  const { class_name: className, config } = given
  const isLambda = className === 'Lambda' && isJsonObject(config)
  const read = isLambda ? { ...given, config: withFunctionByName(config, where) } : given
  return Object.fromEntries(Object.entries(read).map(([key, value]) => [key, replaced(value, where)]))
}

const isCode = (value: Json | undefined): boolean => isJsonObject(value) && value.class_name === CODE

function withFunctionByName({ output_shape: shape, ...config }: JsonObject, where: string): JsonObject {
  if (shape !== undefined && !isCode(shape)) config.output_shape = shape
  if (!isCode(config.function)) return config
  const name = String(config.name)
  if (registeredFunction(name)) return { ...config, function: { class_name: 'function', config: name } }
  return failFormat(`${where}, Lambda "${name}", function`, {
    ...PROBLEM,
    remedy: `Write it in ops, and call register('${name}', …) before: the function by the layer's name takes its place.`,
  })
}
