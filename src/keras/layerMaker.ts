// Layers by Keras's names and arguments, of today and of old.

import * as composed from '../composed/index.ts'
import { describeValue, didYouMean } from '../errors.ts'
import { IGNORED, layerOfOptions } from '../formats/config/layerConfig.ts'
import { refusedLayers } from '../formats/config/refusedLayers.ts'
import { refusedOptions } from '../formats/config/refusedOptions.ts'
import { toCamelCase, toSnakeCase } from '../formats/config/snakeCase.ts'
import { layerDefinitions } from '../layers/callable.ts'
import * as layers from '../layers/index.ts'
import type { LayerDefinition } from '../layers/layer.ts'
import { type Arguments, List, Tuple, Unknown, type Value } from '../python/values.ts'
import type { OptionTable } from '../util/options.ts'
import { isError } from '../util/realms.ts'
import { argumentOrder } from './argumentOrder.ts'
import { presentName } from './olderNames.ts'
import { argumentsOfToday, classOfToday, goneLayers, goneOptions, valueOfToday } from './oldLayers.ts'
import { operationOf } from './operationCalls.ts'
import type { Reader } from './reader.ts'

const exported: Readonly<Record<string, unknown>> = { ...layers, ...composed }

/** The class of layers that a name of Keras means; undefined if there is none here. */
export function layerDefinition(name: string): LayerDefinition | undefined {
  const today = classOfToday(name)
  const found = layerDefinitions.get(today)
  if (found || !Object.hasOwn(exported, today)) return found
  // A second name of a class is the same function.
  const [first] = [...layerDefinitions].find(([known]) => exported[known] === exported[today]) ?? []
  return first === undefined ? undefined : layerDefinitions.get(first)
}

/** Whether Keras has a layer of a name, here or not. */
export const isLayerName = (name: string): boolean =>
  layerDefinition(name) !== undefined ||
  Object.hasOwn(refusedLayers, name) ||
  Object.hasOwn(goneLayers, name) ||
  name === 'Lambda'

/** Options without which a layer is made all the same. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  inputShape: ': the model takes its shape from the first data',
  batchShape: ': the model takes its shape from the first data',
  weights: ': the weights are drawn',
}

/** Layers whose option `causal` of old is one of their calls today. */
const CAUSAL = ['Attention', 'AdditiveAttention']

/** Options of how Keras of old computed or took its data, which change nothing here. */
const HOW = ['implementation', 'consumeLess', 'unroll', 'useCudnn', 'cpuRelu']

/** Layers whose inputs are sequences or images of any length. */
const isSequence = ({ table }: LayerDefinition): boolean =>
  'returnSequences' in table || 'kernelSize' in table

/** Arguments by the names of today's options. */
function todaysNames(
  definition: LayerDefinition,
  given: ReadonlyMap<string, readonly [Value, number]>,
): Map<string, readonly [Value, number]> {
  const { table } = definition
  const found = new Map<string, readonly [Value, number]>()
  for (const [name, value] of given) {
    const camel = toCamelCase(name)
    const today = presentName(name)
    // Texts become rows of one length, as the text makes of what is ragged by itself: ids.to_tensor().
    if (camel === 'ragged') continue
    if (Object.hasOwn(table, camel)) found.set(camel, value)
    else if (camel === 'batchInputShape') found.set('batchShape', value)
    else if (camel === 'alpha' && 'negativeSlope' in table) found.set('negativeSlope', value)
    else if (camel === 'init' && 'embeddingsInitializer' in table) found.set('embeddingsInitializer', value)
    else if (today?.startsWith('kernel') && 'embeddingsInitializer' in table)
      found.set(today.replace('kernel', 'embeddings'), value)
    else if (today !== undefined && Object.hasOwn(table, today) && !camel.startsWith('input'))
      found.set(today, value)
    else if (!HOW.includes(camel)) found.set(camel, value)
  }
  return found
}

/** Makes a layer of a class by the arguments of a call; one of its options that is not known is a problem. */
export function makeLayer(reader: Reader, name: string, args: Arguments, at: number): Value {
  const definition = layerDefinition(name)
  if (!definition) return refuse(reader, name, at)
  const order = argumentOrder(definition).map(toSnakeCase)
  const given = todaysNames(definition, reader.named(argumentsOfToday(name, args), order))
  const options: [string, unknown][] = []
  let isComplete = true
  let isCausal = false
  for (const [option, [value, place]] of given) {
    const consequence = LEFT_OUT[option]
    if (option === 'weights' && !('weights' in definition.table)) {
      if (value !== null) reader.interpreter.problem(place, `are not read of a text${consequence}`, option)
      continue
    }
    if (option === 'causal' && CAUSAL.includes(definition.className)) {
      isCausal = value === true
      continue
    }
    const gone = goneOptions[`${definition.className} ${option}`]
    if (!isOption(definition, option) || (gone !== undefined && value !== false)) {
      const remedy = gone ?? didYouMean(toSnakeCase(option), Object.keys(definition.table).map(toSnakeCase))
      const known = remedy ? ` ${remedy}` : ''
      reader.interpreter.problem(place, `is no option of ${definition.className}.${known}`)
      // What another layer does today the model lacks, and is built all the same.
      if (gone === undefined) isComplete = false
      continue
    }
    const read = reader.attempt(place, () => {
      try {
        const shape = option === 'shape' || option === 'inputShape' ? inTuple(value) : value
        const known = option === 'shape' ? opened(reader, shape, place) : shape
        const plain = reader.plain(valueOfToday(option, asFlag(definition, option, known)))
        if (option === 'dtype' && OTHER_TYPES.includes(String(plain)))
          reader.interpreter.problem(place, `${plain} is computed as float32`)
        else options.push([option, functionOfName(option, plain)])
      } catch (error) {
        const unknown = unknownOf(error)
        if (!unknown || consequence === undefined) throw error
        reader.unknownAt(unknown, place, consequence, option === 'weights' ? matrixOf(given) : undefined)
      }
      return null
    })
    if (read instanceof Unknown) isComplete = false
  }
  if (!isComplete) return new Unknown(name, true)
  return reader.attempt(at, () => {
    reader.act()
    const config = Object.entries(inputOf(definition, Object.fromEntries(options))).map(([key, value]) => [
      toSnakeCase(key),
      value,
    ])
    const { className } = definition
    const where = `line ${reader.problems.placeOf(at).line}`
    const stored = { class_name: className, config: Object.fromEntries(config) }
    const layer = layerOfOptions(definition, stored, where, (value) => value)
    if (isCausal) reader.callOptions.set(layer, { useCausalMask: true })
    return reader.wrap(layer)
  })
}

/** An activation that no kernel has but a function of `ops`, as that. */
const functionOfName = (option: string, value: unknown): unknown =>
  /activation$/i.test(option) && value === 'sparsemax' ? operationOf('keras.ops.sparsemax') : value

/** How the weights of an Embedding are written, whose shape its other options say. */
function matrixOf(given: ReadonlyMap<string, readonly [Value, number]>): string {
  const extents = ['inputDim', 'outputDim'].map((name) => {
    const extent = given.get(name)?.[0]
    return typeof extent === 'bigint' ? String(extent) : '...'
  })
  return `{ shape: [${extents.join(', ')}], data: [...] }`
}

/** Types in which no layer computes here. */
const OTHER_TYPES = ['float64', 'double', 'float16', 'half', 'bfloat16', 'mixed_bfloat16']

/** Keras 2 takes one extent without its tuple, `shape=(7)`. */
const inTuple = (shape: Value): Value => (typeof shape === 'bigint' ? new Tuple([shape]) : shape)

/** The shape of an input, of which extents before the last may be open where they are not known, such as the length of sequences. */
function opened(reader: Reader, value: Value, at: number): Value {
  if (!(value instanceof Tuple || value instanceof List)) return value
  const { length } = value.items
  const items = value.items.map((extent, i) => {
    if (!(extent instanceof Unknown) || (length > 1 && i === length - 1)) return extent
    reader.unknownAt(extent, at, ': the extent is left open')
    return null
  })
  return new Tuple(items)
}

/** Python's 0 and 1 are False and True. */
function asFlag({ table }: LayerDefinition, option: string, value: Value): Value {
  const known: OptionTable = table
  const isFlag = Object.hasOwn(known, option) && typeof known[option]?.fallback === 'boolean'
  return isFlag && (value === 0n || value === 1n) ? value === 1n : value
}

/** Whether a class has an option, or one of old that stands for another. */
const isOption = ({ table, className }: LayerDefinition, option: string): boolean =>
  Object.hasOwn(table, option) ||
  IGNORED.has(toSnakeCase(option)) ||
  Object.hasOwn(refusedOptions, option) ||
  option === 'inputDim' ||
  option === 'inputLength' ||
  (className === 'InputLayer' && option === 'inputShape')

const unknownOf = (error: unknown): Unknown | null =>
  isError(error) && 'unknown' in error && error.unknown instanceof Unknown ? error.unknown : null

/** Options with the shape of the input as it is given today, for `input_dim` and `input_length`. */
function inputOf(
  definition: LayerDefinition,
  { inputDim, inputLength, ...options }: Record<string, unknown>,
): Record<string, unknown> {
  if ('inputDim' in definition.table) {
    const shape =
      inputLength === undefined || inputLength === null ? {} : { inputShape: [inputLength].flat() }
    return { ...shape, inputDim, ...options }
  }
  if (definition.className === 'InputLayer' && 'inputShape' in options) {
    const { inputShape, ...others } = options
    return { shape: inputShape, ...others }
  }
  if (inputDim === undefined) return options
  const inputShape = isSequence(definition) ? [inputLength ?? null, inputDim] : [inputDim]
  return { inputShape, ...options }
}

/** Says that there is no such layer, and what to do. */
export function refuse(reader: Reader, name: string, at: number): Unknown {
  const instead = refusedLayers[name] ?? goneLayers[name]
  const remedy = instead ?? didYouMean(name, [...layerDefinitions.keys()])
  return reader.interpreter.problem(
    at,
    `${describeValue(name)} is no layer that is here${remedy ? `: ${remedy}` : ''}`,
  )
}
