// Calls of functions of `ops` in files: options from the config of the class and arguments from the call, put in the order of the
// function's parameters.

import { describeValue, fail } from '../../errors.ts'
import type { OperationLayer } from '../../operations/operationLayer.ts'
import type { Parameter } from '../../operations/signature.ts'
import { type NestedArray, tensor } from '../../util/tensor.ts'
import { isKerasConfig } from '../kerasConfig.ts'
import { isJsonObject, type Json, type JsonObject } from './json.ts'
import { keysToCamelCase } from './snakeCase.ts'

/**
 * The arguments of the function, from a file's config of the operation and one of its calls. `tensorOf` gives the tensor that a
 * reference in the file means.
 */
export function operationArguments(
  layer: OperationLayer,
  config: JsonObject,
  { args, kwargs }: JsonObject,
  tensorOf: (reference: JsonObject) => unknown,
): readonly unknown[] {
  const { where, parameters } = layer
  const options = keysToCamelCase(config)
  const named = keysToCamelCase(isJsonObject(kwargs) ? kwargs : {})
  const placed = Array.isArray(args) ? [...args] : []
  const revive = (value: Json): unknown => {
    if (Array.isArray(value)) return value.map(revive)
    if (!isKerasConfig(value)) return value
    const { class_name: name, config: inner } = value
    if (name === '__keras_tensor__') return tensorOf(inner)
    if (name === '__numpy__' || name === '__tensor__') return tensor(inner.value as NestedArray)
    if (name === '__slice__') return [inner.start, inner.stop, inner.step]
    if (name === '__ellipsis__') return '...'
    return fail(where, { expected: 'tensors, numbers and slices', got: name })
  }
  const known = new Set(parameters.map(({ name }) => name))
  for (const [name, value] of Object.entries({ ...options, ...named })) {
    if (known.has(name) || name === 'name' || value === null || value === undefined) continue
    fail(where, {
      expected: `options among ${[...known].join(', ')}`,
      got: `${name}: ${describeValue(value)}`,
    })
  }
  const fields: Record<string, unknown> = {}
  const found = parameters.flatMap(({ name, kind, fallback, isField }): readonly unknown[] => {
    if (kind === 'rest') return placed.splice(0).map(revive)
    if (kind === 'fixed') {
      checkFixed(where, name, options[name] ?? fallback, fallback)
      return []
    }
    const isOption = kind === 'option'
    const given =
      (isOption ? options[name] : undefined) ?? named[name] ?? (isOption ? undefined : placed.shift())
    const isAbsent = given === undefined || given === null
    const value = isAbsent ? fallback : name === 'key' ? keyOf(given, revive) : revive(given)
    if (!isField) return [value]
    if (value !== undefined) fields[name] = value
    return []
  })
  if (parameters.some(({ isField }) => isField)) found.push(fields)
  if (placed.length > 0)
    fail(where, { expected: `${found.length} arguments`, got: `${found.length + placed.length}` })
  return found
}

/** A type of floats is what all numbers have here. */
function checkFixed(where: string, name: string, value: unknown, fallback: Parameter['fallback']): void {
  if (value === fallback || (name === 'dtype' && String(value).startsWith('float'))) return
  fail(where, { expected: `${name} to be ${describeValue(fallback)}`, got: describeValue(value) })
}

/** What stands in Python's brackets: one index or several, of which null is a new axis. */
const keyOf = (key: Json, revive: (value: Json) => unknown): unknown =>
  (Array.isArray(key) ? key : [key]).map((index) => {
    if (index === null) return 'newaxis'
    const value = revive(index)
    return Array.isArray(value) && value.every((bound) => bound === null) ? null : value
  })
