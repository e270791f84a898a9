// Layers of other libraries' tests, read from their options as layers of files are.

import { RecurraError } from '../../src/errors.ts'
import { isJsonObject, type Json, type JsonObject } from '../../src/formats/config/json.ts'
import { layerFromConfig } from '../../src/formats/config/layerConfig.ts'
import { toSnakeCase } from '../../src/formats/config/snakeCase.ts'
import { configOfOlder } from '../../src/formats/keras/olderConfig.ts'
import type { KerasConfig } from '../../src/formats/kerasConfig.ts'
import {
  type CallableLayer,
  Dense,
  Input,
  Masking,
  Model,
  RNN,
  type SymbolicTensor,
  type Tensor,
  TimeDistributed,
  tensor,
} from '../../src/index.ts'
import { callable, layerDefinitions } from '../../src/layers/callable.ts'
import { sizeOf } from '../../src/util/shape.ts'
import {
  type ChainCase,
  type Described,
  type LayerCase,
  type Numbers,
  type ShapeCase,
  type Step,
  type ThrowsCase,
  tensorOf,
} from './cases.ts'
import { cellsOf, namedCell, type OneStateCell } from './cells.ts'
import { agree, compare, compareOutput, compareShape, disagree, Missing, type Outcome } from './outcome.ts'
import { ownLayer } from './ownLayers.ts'

/** Layers that take no options; keras-js lists those of the layers before. */
const MERGES = /^(Add|Average|Maximum|Minimum|Multiply|Subtract)$/

/** Options that Keras has by another name today, and layers that are others' options. */
const RENAMED: Readonly<Record<string, readonly [className: string, option: string]>> = {
  GaussianNoise: ['GaussianNoise', 'stddev'],
  ThresholdedReLU: ['ReLU', 'threshold'],
}

/** What a layer is in Keras 3. */
function today({ className, options }: Described): Described {
  if (MERGES.test(className)) return { className, options: {} }
  const { sigma, theta, ...others } = options
  const renamed = RENAMED[className]
  const value = sigma ?? theta ?? (className === 'ThresholdedReLU' ? 1 : undefined)
  if (renamed && value !== undefined)
    return { className: renamed[0], options: { ...others, [renamed[1]]: value } }
  // An extent that is open was null.
  if (Array.isArray(options.targetShape))
    return { className, options: { ...options, targetShape: options.targetShape.map((size) => size ?? -1) } }
  return { className, options }
}

/** Options in the words of files. */
function written(value: Json): Json {
  if (Array.isArray(value)) return value.map(written)
  if (!isJsonObject(value)) return value
  if (Array.isArray(value.list)) return value.list.map(written)
  if (typeof value.className === 'string')
    return configOf({
      className: value.className,
      options: (value.options ?? value.config ?? {}) as JsonObject,
    })
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [toSnakeCase(key), written(inner)]))
}

function configOf(described: Described): KerasConfig {
  const { className, options } = today(described)
  if ('error' in options) throw new Missing('the options were not recorded')
  const config = Object.entries(options).map(([key, value]) => [toSnakeCase(key), written(value)] as const)
  return { class_name: className, config: Object.fromEntries(config) }
}

/** What the recording lacks of a layer's options, from its weights. */
function completed({ className, options }: Described, weights: readonly (Numbers | null)[]): Described {
  if (className !== 'Embedding' || 'inputDim' in options) return { className, options }
  return { className, options: { ...options, inputDim: weights[0]?.shape[0] ?? 100 } }
}

/** Calls of merges whose first input alone has a mask; the other calls with masks have one of each. */
const FIRST_MASKED = ['keras#886', 'keras#888', 'keras#890']

/** Which inputs have the mask that zeros say. */
const maskedInputs = ({ id, className, test }: LayerCase): number =>
  !MERGES.test(className) || !test.endsWith('_with_mask') ? 0 : FIRST_MASKED.includes(id) ? 1 : 2

/** A layer of one's own, or with parts of one's own. */
function ownOf({ className, options }: Described, weights: readonly Numbers[]) {
  if (className === 'RNN') {
    const { cell: named, cells: _cells, ...others } = options
    const cells = named ? (named as unknown as Described[]).map(namedCell) : cellsOf(weights)
    const [cell] = cells
    if (!cell) throw new Missing('the cell was not recorded')
    return cells.length === 1 ? RNN(cell as OneStateCell, others) : RNN(cells, others)
  }
  const inner = className === 'TimeDistributed' && ownLayer((options.layer as unknown as Described).className)
  return inner ? TimeDistributed(inner) : ownLayer(className)
}

/** Makes a layer as one of a file is made; of an older file where the library is older. */
export function layerOf(
  described: Described,
  isOlder: boolean,
  weights: readonly Numbers[] | null = null,
): CallableLayer<SymbolicTensor> {
  const own = ownOf(described, weights ?? [])
  if (own) return own as unknown as CallableLayer<SymbolicTensor>
  const config = configOf(completed(described, weights ?? []))
  return callable(layerFromConfig(isOlder ? configOfOlder(config, 'peers') : config, described.className))
}

/** A layer that was called on inputs, and the model of the two. */
function connected(described: Described, step: Omit<Step, 'expect'>, isOlder: boolean, masks = 0) {
  const layer = layerOf(described, isOlder, step.weights)
  const open = ({ shape }: Pick<Numbers, 'shape'>) => Input({ batchShape: shape })
  const inputs = (step.inputs as Numbers[]).map(open)
  const states = (step.states ?? []).map(open)
  // keras-js merges what layers Dense make of one input; it lists their units and weights.
  const { units } = described.options
  const branches = MERGES.test(described.className) && typeof units === 'number' ? units : 0
  const dense = () => Dense(branches)(inputs[0] as SymbolicTensor)
  const masked = branches
    ? Array.from({ length: (step.weights?.length ?? 0) / 2 }, dense)
    : inputs.map((input, i) => (i < masks ? Masking()(input) : input))
  const x = masked.length === 1 ? (masked[0] as SymbolicTensor) : masked
  const mask = step.mask && open(step.mask)
  const result: unknown = layer(x, {
    ...(states.length > 0 ? { initialState: states } : {}),
    ...(step.training === undefined ? {} : { training: step.training }),
    ...(mask ? { mask } : {}),
  })
  const outputs = [result].flat(2) as SymbolicTensor[]
  const all = [...inputs, ...states, ...(mask ? [mask] : [])]
  return { outputs, model: Model(all, outputs.length === 1 ? (outputs[0] as SymbolicTensor) : outputs) }
}

/** Whether numbers are expected that the other library drew. */
const isRandom = ({ className, options }: Described, { training, expect }: Step): boolean =>
  training === true &&
  /Dropout|Noise/.test(className) &&
  Number(options.rate ?? options.stddev) > 0 &&
  expect.some(({ shapeOnly, mean }) => !shapeOnly && !mean)

/** A layer's calls, one after the other. */
export async function runLayer(test: LayerCase): Promise<Outcome[]> {
  const isOlder = test.hs === 'keras2'
  const inner = isJsonObject(test.options.layer) ? test.options.layer.options : undefined
  const isStateful = [test.options, inner].some((options) => isJsonObject(options) && options.stateful)
  const outcomes: Outcome[] = []
  let kept: ReturnType<typeof connected> | undefined
  for (const step of test.steps) {
    if (step.reset) {
      kept?.model.resetStates()
      continue
    }
    if (isRandom(test, step)) throw new Missing('random numbers of another generator')
    if (step.inputs.some((input) => !input)) throw new Missing('the input was not recorded')
    const made = kept ?? connected(test, step, isOlder, maskedInputs(test))
    if (step.symbolic || test.kind === 'symbolic') {
      for (const { index, shape } of step.expect) {
        const found = made.outputs[index]
        outcomes.push(found ? (compareShape(found.shape, shape) ?? agree) : disagree(`no output ${index}`))
      }
      continue
    }
    if (!kept && step.weights) made.model.setWeights(step.weights.map(tensorOf))
    if (isStateful) kept = made
    const given = [...(step.inputs as Numbers[]), ...(step.states ?? []), ...(step.mask ? [step.mask] : [])]
    const data = given.map(tensorOf)
    const batchSize = step.inputs[0]?.shape[0]
    const found = [await made.model.predict(data, batchSize ? { batchSize } : {})].flat()
    for (const expected of step.expect) outcomes.push(compareOutput(found[expected.index], expected))
  }
  return outcomes
}

/** Shapes of a layer's outputs, and how many weights it has. */
export async function runShape(given: ShapeCase): Promise<Outcome[]> {
  if (given.initialStates) throw new Missing('the initial states were not recorded')
  const shape = given.inputShape as readonly number[]
  const { model, outputs } = connected(given, { inputs: [{ shape, data: [] }] }, false)
  const outcomes = given.expectShapes.map(
    (expected, i) => compareShape(outputs[i]?.shape ?? [], expected) ?? agree,
  )
  if (!shape.some((size) => size === null)) {
    const zeros = tensor(new Float32Array(sizeOf(shape)), shape)
    const found = [await model.predict(zeros, { batchSize: shape[0] as number })].flat()
    outcomes.push(
      ...given.expectShapes.map((expected, i) => compareShape(found[i]?.shape ?? [], expected) ?? agree),
    )
  }
  const counts = [model.trainableWeights.length, model.nonTrainableWeights.length]
  for (const [i, expected] of (given.weightCounts ?? []).entries())
    if (typeof expected === 'number')
      outcomes.push(compare({ data: [counts[i] as number] }, { data: [expected] }))
  return outcomes
}

/** Layers one after the other. */
export async function runChain(given: ChainCase): Promise<Outcome[]> {
  const input = Input({ batchShape: given.input.shape })
  let last = input
  for (const described of given.layers) last = layerOf(described, given.hs === 'keras2')(last)
  const model = Model(input, last)
  if (given.weights?.length) model.setWeights(given.weights.map(tensorOf))
  return [compareOutput([await model.predict(tensorOf(given.input))].flat()[0] as Tensor, given.expect)]
}

const shapesOnly = (shape: readonly (number | null)[]) => ({ shape: shape as number[], data: [] })

/** A layer that the other library refuses, at once or on inputs of these shapes. */
export async function runThrows(given: ThrowsCase): Promise<Outcome[]> {
  const isOlder = given.id.startsWith('tfjs')
  // A class that is unknown is refused, but not for the reason of the test.
  const { className } = given
  if (className !== 'RNN' && !layerDefinitions.has(className) && !ownLayer(className))
    throw new Missing(`there is no ${className}`)
  try {
    if (given.className === 'InputLayer') {
      Input(given.options as Parameters<typeof Input>[0])
    } else if (given.inputShapes === null) {
      const layer = layerOf(given, isOlder)
      // What depends on the input is told by the first.
      const rank = /[123]D/.exec(given.className)?.[0][0]
      if (rank) layer(Input([...Array(Number(rank)).fill(12), 3]))
    } else if (given.dataInputs) {
      const inputs = given.inputShapes.map((batchShape) => Input({ batchShape }))
      const data = inputs
        .splice(-given.dataInputs)
        .map(({ shape }) => new Float32Array(sizeOf(shape as number[])))
      layerOf(given, isOlder)([...inputs, ...data] as SymbolicTensor[])
    } else {
      const inputs = given.inputShapes.map(shapesOnly)
      if (given.prior?.length) {
        const layer = layerOf(given, isOlder)
        for (const shapes of [...given.prior, given.inputShapes]) {
          const all = shapes.map((shape) => Input({ batchShape: shape }))
          layer(all.length === 1 ? (all[0] as SymbolicTensor) : all)
        }
      }
      const states = given.stateShapes?.map(shapesOnly) ?? []
      const mask = given.maskShape && shapesOnly(given.maskShape)
      const { model } = connected(given, { inputs, states, ...(mask ? { mask } : {}) }, isOlder)
      if (!given.inputShapes.flat().includes(null)) {
        const all = [...inputs, ...states, ...(mask ? [mask] : [])]
        const data = all.map(({ shape }) => tensor(new Float32Array(sizeOf(shape)), shape))
        await model.predict(data)
      }
    }
  } catch (error) {
    if (error instanceof RecurraError) return [agree]
    throw error
  }
  return [disagree(`accepted what is refused with ${JSON.stringify(given.message)}`)]
}
