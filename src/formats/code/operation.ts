// Calls of functions of `ops` in written code.

import type { OperationLayer } from '../../operations/operationLayer.ts'
import { isOptions } from '../../util/options.ts'
import { isTensorData, toTensor } from '../../util/tensor.ts'
import { underscored } from '../../util/underscored.ts'
import type { Json, JsonObject } from '../config/json.ts'
import { historyOf } from '../config/kerasTensor.ts'
import { operationArguments } from '../config/operationCalls.ts'
import { declarations } from '../config/operations.ts'
import { toSnakeCase } from '../config/snakeCase.ts'
import { isKerasConfig, type KerasConfig } from '../kerasConfig.ts'
import type { TensorOf } from './functional.ts'
import type { Named } from './language.ts'
import type { CodeWriter } from './writer.ts'

interface OperationCall {
  readonly item: KerasConfig
  readonly node: JsonObject
}

/** The name of a function of `ops`, by the class that files have of it. */
function functionName({ module, class_name: className }: KerasConfig): string {
  const last = String(module).split('.').at(-1)
  const found = declarations.find(
    ([, declaration]) => declaration.className === className && declaration.module === last,
  )
  return found?.[0] ?? className
}

/** Keras's spelling: `expand_dims`, and `atleast_1d`. */
const pythonName = (name: string): string => underscored(name).replace(/^atleast/, 'atleast_')

export function operationCall(
  writer: CodeWriter,
  layer: OperationLayer,
  { item, node }: OperationCall,
  tensorOf: TensorOf,
): string {
  return writer.isPython
    ? pythonCall(writer, layer, { item, node }, tensorOf)
    : typescriptCall(writer, layer, { item, node }, tensorOf)
}

function pythonCall(
  writer: CodeWriter,
  layer: OperationLayer,
  { item, node }: OperationCall,
  tensorOf: TensorOf,
): string {
  const write = (value: Json | undefined): string => {
    if (Array.isArray(value)) return writer.language.list(value.map(write))
    const history = historyOf(value)
    if (history) return tensorOf(history)
    return writer.value(value)
  }
  const args = node.args as Json[]
  if (item.class_name === 'GetItem') return `${write(args[0])}[${keyText(args[1] as Json)}]`
  const fallbacks = new Map(
    layer.parameters.map(({ name, fallback }) => [toSnakeCase(name), fallback ?? null]),
  )
  const isDefault = ([name, value]: readonly [string, Json]): boolean =>
    name === 'name' || JSON.stringify(value) === JSON.stringify(fallbacks.get(name))
  // Keras too takes any number of tensors behind what a function takes first.
  const rest = layer.parameters.findIndex(({ kind }) => kind === 'rest')
  const ahead = layer.parameters.slice(0, Math.max(0, rest)).map(({ name }) => toSnakeCase(name))
  const named = [...Object.entries(node.kwargs as JsonObject), ...Object.entries(item.config)]
    .filter((entry) => !isDefault(entry) && !ahead.includes(entry[0]))
    .map(([name, value]): Named => [name, Array.isArray(value) ? writer.value(value) : write(value)])
  const positional = [...ahead.map((name) => item.config[name]), ...args]
  return writer.language.call(`keras.ops.${pythonName(functionName(item))}`, positional.map(write), named)
}

/** What stands in Python's brackets. */
function keyText(key: Json): string {
  if (Array.isArray(key)) return key.map(keyText).join(', ')
  if (!isKerasConfig(key)) return key === null ? 'None' : String(key)
  if (key.class_name === '__ellipsis__') return '...'
  const { start, stop, step } = key.config
  return `${start ?? ''}:${stop ?? ''}${step === null ? '' : `:${step}`}`
}

/** Stands for a symbolic tensor among arguments. */
class Reference {
  constructor(readonly text: string) {}
}

function typescriptCall(
  writer: CodeWriter,
  layer: OperationLayer,
  { item, node }: OperationCall,
  tensorOf: TensorOf,
): string {
  const found = operationArguments(
    layer,
    item.config,
    node,
    (reference) => new Reference(tensorOf(reference.keras_history)),
  )
  const write = (value: unknown): string => {
    if (value instanceof Reference) return value.text
    if (value === undefined) return 'undefined'
    if (Array.isArray(value)) return writer.language.list(value.map(write))
    if (isTensorData(value)) return writer.array(toTensor(value, layer.where).toArray() as Json)
    if (isOptions(value))
      return writer.language.record(Object.entries(value).map(([name, one]) => [name, write(one)]))
    return writer.value(value as Json)
  }
  const args = [...found]
  const isLeftOut = (value: unknown, place: number): boolean => {
    const parameter = layer.parameters.find((one) => one.place === place && one.kind !== 'fixed')
    if (
      value === undefined ||
      (isOptions(value) && !(value instanceof Reference) && Object.keys(value).length === 0)
    )
      return true
    return parameter?.kind === 'option' && JSON.stringify(value) === JSON.stringify(parameter.fallback)
  }
  while (args.length > 0 && isLeftOut(args.at(-1), args.length - 1)) args.pop()
  return writer.language.call(writer.reach('keras.ops', functionName(item)), args.map(write))
}
