// Functions of other libraries' tests: activations, and those behind the layers, losses and metrics of TensorFlow.js.

import type { JsonObject } from '../../src/formats/config/json.ts'
import { toSnakeCase } from '../../src/formats/config/snakeCase.ts'
import {
  Input,
  losses,
  Model,
  metrics,
  ops,
  type SymbolicTensor,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import {
  type ActivationCase,
  type Expected,
  type FunctionCase,
  isNumbers,
  type Numbers,
  tensorOf,
} from './cases.ts'
import { layerOf } from './layers.ts'
import { foundOf, makerOf } from './measures.ts'
import { compare, compareOutput, compareShape, type Found, Missing, type Outcome } from './outcome.ts'

type Apply = (x: SymbolicTensor) => SymbolicTensor | readonly SymbolicTensor[]

/** A function's values of numbers, a vector of which is one row; its weights are set before. */
async function valuesOf(apply: Apply, { shape, data }: Numbers, weights: readonly Numbers[] = []) {
  const rows = shape.length < 2 ? [1, data.length] : shape
  const input = Input({ batchShape: rows })
  const model = Model(input, apply(input) as SymbolicTensor)
  if (weights.length > 0) model.setWeights(weights.map(tensorOf))
  return [await model.predict(tensorOf({ shape: rows, data }))].flat()
}

/** Values whose shape may have the rows that {@link valuesOf} adds. */
const compareValues = (found: Tensor | undefined, expected: Expected): Outcome =>
  compareOutput(found && { data: found.data, shape: expected.shape as number[] }, expected)

/** Names that activations have in other libraries. */
const RENAMED: Readonly<Record<string, string>> = { gelu_new: 'gelu_tanh', swish: 'silu' }

/** What an activation with these arguments is. */
function activationOf(name: string, { alpha, ...given }: JsonObject, isOlder: boolean): Apply {
  const options: JsonObject = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null))
  const layer = (className: string, config: JsonObject) =>
    layerOf({ className, options: config }, isOlder) as Apply
  const axes = options.axis as JsonObject | number | undefined
  const axis = typeof axes === 'object' ? (axes.list as unknown as number) : axes
  if (axis !== undefined && name === 'log_softmax') return (x) => ops.logSoftmax(x, axis)
  if (axis !== undefined && name === 'softmax') return layer('Softmax', { axis })
  if (name === 'sparsemax') return (x) => ops.sparsemax(x, axis ?? -1)
  if (alpha !== undefined && name === 'elu') return layer('ELU', { alpha })
  // Keras 2 called the slope alpha.
  if (alpha !== undefined) options.negativeSlope = alpha
  if (name === 'relu' && Object.keys(options).length > 0) {
    const relu = Object.entries(options).map(([key, value]) => [toSnakeCase(key), value])
    return layerOf({ className: 'ReLU', options: Object.fromEntries(relu) }, false) as Apply
  }
  if (Object.keys(options).length > 0) throw new Missing(`${name} with ${Object.keys(options)}`)
  if (name === 'gelu_new') return (x) => ops.gelu(x, true)
  return layer('Activation', { activation: RENAMED[name] ?? name })
}

export async function runActivation(given: ActivationCase): Promise<Outcome[]> {
  const { name, x, extra = {}, expect } = given
  const [found] = await valuesOf(activationOf(name, extra, given.hs !== undefined), x)
  return [compareValues(found, expect)]
}

/** Arguments of TensorFlow.js's convolutions and poolings as options of layers. */
function optionsOf(names: readonly string[], values: readonly unknown[]): JsonObject {
  const options = names
    .map((name, i) => [name, values[i]] as const)
    .filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(
    options.map(([name, value]) => [name, name === 'dataFormat' ? toSnakeCase(value as string) : value]),
  ) as JsonObject
}

const WINDOW = ['strides', 'padding', 'dataFormat', 'dilationRate', 'activation']

/** A layer on the first argument. */
async function layerValues(
  className: string,
  options: JsonObject,
  x: Numbers,
  weights: readonly Numbers[] = [],
) {
  const layer = layerOf({ className, options }, false) as Apply
  return valuesOf(layer, x, weights)
}

/** A function of TensorFlow.js's layers, through the layer. */
async function layerFunction({ name, args }: FunctionCase): Promise<Tensor[]> {
  const [x, ...rest] = args as [Numbers, ...unknown[]]
  const rank = /[123](?=d)/.exec(name)?.[0]
  const isBiased = name.includes('WithBias')
  const weights = rest.slice(0, isBiased ? 2 : 1).filter(isNumbers)
  const [kernel] = weights
  if (/^conv\dd/.test(name) && kernel) {
    const size = {
      filters: kernel.shape.at(-1) as number,
      kernelSize: kernel.shape.slice(0, -2),
      useBias: isBiased,
    }
    const options = { ...size, ...optionsOf(WINDOW, rest.slice(isBiased ? 2 : 1)) }
    const shape = x.shape.length === Number(rank) + 1 ? [1, ...x.shape] : x.shape
    return layerValues(`Conv${rank}D`, options, { ...x, shape }, weights)
  }
  if (name === 'depthwiseConv2d' && kernel) {
    const size = {
      kernelSize: kernel.shape.slice(0, 2),
      depthMultiplier: kernel.shape[3] as number,
      useBias: false,
    }
    return layerValues('DepthwiseConv2D', { ...size, ...optionsOf(WINDOW, rest.slice(1)) }, x, weights)
  }
  if (/^pool\dd/.test(name)) {
    const [poolSize, strides, padding, dataFormat, mode] = rest
    const options = optionsOf(['poolSize', ...WINDOW], [poolSize, strides, padding, dataFormat])
    return layerValues(`${mode === 'avg' ? 'Average' : 'Max'}Pooling${rank}D`, options, x)
  }
  if (name === 'temporalPadding') return layerValues('ZeroPadding1D', optionsOf(['padding'], rest), x)
  if (name === 'spatial2dPadding')
    return layerValues('ZeroPadding2D', optionsOf(['padding', 'dataFormat'], rest), x)
  if (name === 'batchNormalization') return normalized(x, rest)
  if (name === 'normalizeBatchInTraining') return normalizedInTraining(x, rest)
  if (name === 'l2Normalize') {
    const [axis] = rest as [number | undefined]
    const whole = { ...x, shape: [1, x.data.length] }
    return valuesOf((y) => ops.normalize(y, axis ?? -1), axis == null ? whole : x)
  }
  throw new Missing(`there is no function ${name}`)
}

const filled = (size: number, value: number): Numbers => ({ shape: [size], data: Array(size).fill(value) })

/** BatchNormalization by given moments, of each channel or of each number of a batch that is then one row. */
function normalized(x: Numbers, [mean, variance, beta, gamma, epsilon]: readonly unknown[]) {
  const moments = [gamma, beta, mean, variance].filter(isNumbers)
  const channels = (mean as Numbers).data.length
  const options = { epsilon: (epsilon ?? 1e-3) as number, center: isNumbers(beta), scale: isNumbers(gamma) }
  const shape = channels === x.shape.at(-1) ? x.shape : [x.data.length / channels, channels]
  const weights = moments.map((numbers) => ({ ...numbers, shape: [channels] }))
  return layerValues('BatchNormalization', options, { ...x, shape }, weights)
}

/** BatchNormalization in training, and the moments of the batch. */
async function normalizedInTraining(x: Numbers, [gamma, beta, axes, epsilon]: readonly unknown[]) {
  const reduced = axes as number[]
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !reduced.includes(axis))
  const isFirst = reduced.length === 1 && reduced[0] === 0
  if (!isFirst && kept.length > 1) throw new Missing('BatchNormalization over several axes')
  const shape = isFirst ? [x.shape[0] as number, x.data.length / (x.shape[0] as number)] : x.shape
  const axis = isFirst ? 1 : (kept[0] as number)
  const channels = shape[axis] as number
  const options = {
    axis,
    epsilon: (epsilon ?? 1e-3) as number,
    center: isNumbers(beta),
    scale: isNumbers(gamma),
  }
  const layer = layerOf({ className: 'BatchNormalization', options }, false) as unknown as (
    x: SymbolicTensor,
    options: { training: boolean },
  ) => SymbolicTensor
  const over = shape.map((_, i) => i).filter((i) => i !== axis)
  const apply: Apply = (input) => {
    const [mean, variance] = ops.moments(input, over) as [SymbolicTensor, SymbolicTensor]
    const row = (values: SymbolicTensor) =>
      ops.broadcastTo(ops.reshape(values, [1, channels]), [shape[0] as number, channels])
    return [layer(input, { training: true }), row(mean), row(variance)]
  }
  const given = [gamma, beta].filter(isNumbers).map((numbers) => ({ ...numbers, shape: [channels] }))
  const [y, ...moments] = await valuesOf(apply, { ...x, shape }, [
    ...given,
    filled(channels, 0),
    filled(channels, 1),
  ])
  // Each row has them.
  return [y as Tensor, ...moments.map(({ data }) => tensor(data.slice(0, channels), [channels]))]
}

/** Names that functions of losses and metrics have in TensorFlow.js. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  kullbackLeiblerDivergence: 'klDivergence',
  logcosh: 'logCosh',
}

/** A function of a loss or a metric, or the class where there is no function. */
async function measure({ mod, name, args }: FunctionCase): Promise<unknown> {
  const [yTrue, yPred] = args.filter(isNumbers).map(tensorOf)
  const namespace = mod === 'losses' ? losses : metrics
  if (name === 'cosineProximity') {
    const loss = losses.CosineSimilarity({ reduction: 'none' })
    return loss(yTrue, yPred)
  }
  if (/^(precision|recall|r2Score)$/.test(name)) {
    const made = makerOf(metrics, name[0]?.toUpperCase() + name.slice(1))({})
    const metric = made as ReturnType<typeof metrics.Precision>
    await metric.updateState(yTrue, yPred)
    return metric.result()
  }
  if (name === 'sigmoidCrossEntropyWithLogits') {
    const [target, output] = args.filter(isNumbers) as [Numbers, Numbers]
    const inputs = [target, output].map(({ shape }) => Input({ batchShape: shape })) as [
      SymbolicTensor,
      SymbolicTensor,
    ]
    return Model(inputs, ops.binaryCrossentropy(...inputs, true)).predict([
      tensorOf(target),
      tensorOf(output),
    ])
  }
  const fn = makerOf(namespace, FUNCTIONS[name] ?? name) as unknown as (
    ...given: unknown[]
  ) => Promise<unknown>
  return fn(yTrue, yPred, ...(args[2] === true ? [{ fromLogits: true }] : []))
}

/** Values of rows; those of TensorFlow.js's binaryAccuracy are means, Keras's are single values. */
async function measured(given: FunctionCase): Promise<Found> {
  const found = foundOf(await measure(given))
  if (given.name !== 'binaryAccuracy') return found
  const rows = given.expect.data.length
  const width = found.data.length / rows
  const values = Array.from(found.data)
  const meanOf = (row: readonly number[]) => row.reduce((sum, value) => sum + value, 0) / width
  return { data: Array.from({ length: rows }, (_, i) => meanOf(values.slice(i * width, (i + 1) * width))) }
}

export async function runFunction(given: FunctionCase): Promise<Outcome[]> {
  const { mod, name, expect } = given
  if (/^(losses|metrics)$/.test(mod) && name !== 'l2Normalize') {
    const found = await measured(given)
    return [
      expect.shapeOnly
        ? (compareShape(found.shape ?? [], expect.shape) ?? { status: 'agree' })
        : compare(found, expect),
    ]
  }
  const found = await layerFunction(given)
  return [compareValues(found[expect.index], expect)]
}
