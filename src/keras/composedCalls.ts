// Functions of Keras's backend and of TensorFlow that are several of `ops` here, or draw random numbers, in calls of the text's own.

import { describeValue, fail } from '../errors.ts'
import type { AssignedBy, AssignedValue } from '../layers/own/assignment.ts'
import type { OwnWeight } from '../layers/own/ownCode.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { RandomNormal, RandomUniform, TruncatedNormal } from '../layers/weights/initializers.ts'
import { DrawnVariable } from '../layers/weights/variable.ts'
import { gradients } from '../models/gradients.ts'
import * as ops from '../operations/index.ts'
import { normal, truncatedNormal, uniform } from '../operations/random.ts'
import type { Unknown, Value } from '../python/values.ts'
import { InitialNumbers } from './initialNumbers.ts'
import { isTensor } from './onTensors.ts'
import type { Reader } from './reader.ts'
import {
  argumentsByName,
  type Composed,
  checkArguments,
  type Given,
  tensorflowCalls,
} from './tensorflowCalls.ts'

/** What Keras adds to probabilities before it takes their logarithm. */
const EPSILON = 1e-7

/** The loss of each sample, [batch, 1], of labels and probabilities, of which the last class stands between labels. */
function ctcBatchCost(given: Given): unknown {
  const [labels, output, steps, count] = ['yTrue', 'yPred', 'inputLength', 'labelLength'].map(
    (name) => given.get(name) as SymbolicTensor,
  ) as [SymbolicTensor, SymbolicTensor, SymbolicTensor, SymbolicTensor]
  const logits = ops.log(ops.add(output, EPSILON))
  const lengths = [count, steps].map((length) => ops.squeeze(length, -1)) as [SymbolicTensor, SymbolicTensor]
  return ops.expandDims(ops.ctcLoss(labels, logits, ...lengths, (output.shape.at(-1) ?? 1) - 1), 1)
}

type Draw = typeof normal

/** Extents, of which that of the batch is open while shapes are found; in a step all are numbers. */
const drawing = (draw: Draw, first: string, second: string) => (given: Given) => {
  const number = (name: string, fallback: number): number => (given.get(name) as number | null) ?? fallback
  const [low, high] = [number(first, 0), number(second, number('std', 1))]
  const seed = given.get('seed')
  return draw(
    given.get('shape') as readonly number[],
    low,
    high,
    null,
    typeof seed === 'number' ? seed : null,
  )
}

const NORMAL = ['shape', 'mean', 'stddev', 'dtype', 'seed']
const UNIFORM = ['shape', 'minval', 'maxval', 'dtype', 'seed']

const drawNormal: Composed = { parameters: NORMAL, make: drawing(normal, 'mean', 'stddev') }
const drawTruncated: Composed = { parameters: NORMAL, make: drawing(truncatedNormal, 'mean', 'stddev') }
const drawUniform: Composed = { parameters: UNIFORM, make: drawing(uniform, 'minval', 'maxval') }

/** Numbers that a text draws while it is read, which a variable may begin with; undefined for other functions. */
export function initialNumbers(path: string, placed: readonly unknown[], named: Given): Unknown | undefined {
  const drawing = find(DRAWS, path)
  if (!drawing) return undefined
  const given = argumentsByName(drawing, placed, named)
  const shape = given.get('shape')
  if (!Array.isArray(shape) || !shape.every(Number.isInteger)) return undefined
  const [first = 0, second = 1] = drawing.parameters.slice(1, 3).map((name) => given.get(name) ?? undefined)
  const draw =
    drawing === drawUniform
      ? RandomUniform({ minval: Number(first), maxval: Number(second) })
      : (drawing === drawNormal ? RandomNormal : TruncatedNormal)({
          mean: Number(first),
          stddev: Number(second),
        })
  return new InitialNumbers(path, shape as number[], draw)
}

const DRAWS: Readonly<Record<string, Composed>> = {
  'random.normal': drawNormal,
  random_normal: drawNormal,
  'random.truncated_normal': drawTruncated,
  truncated_normal: drawTruncated,
  'random.uniform': drawUniform,
  random_uniform: drawUniform,
}

/** Weights of the text's own layers can be set in a step. */
const ownWeight = (value: unknown): OwnWeight =>
  value instanceof DrawnVariable && 'assign' in value
    ? (value as OwnWeight)
    : fail('assign', { expected: 'a weight that add_weight made', got: describeValue(value) })

const assigning = (by: AssignedBy): Composed => ({
  parameters: ['weight', 'value'],
  make(given) {
    const [weight, value] = given.values()
    return ownWeight(weight)[by](value as AssignedValue)
  },
})

/** Moves a weight towards a value, by Keras 2. */
const moving: Composed = {
  parameters: ['x', 'value', 'momentum'],
  make(given) {
    const [weight, value, momentum] = [...given.values()] as [unknown, SymbolicTensor, number]
    const own = ownWeight(weight)
    return own.assign(ops.add(ops.multiply(own, momentum), ops.multiply(value, 1 - momentum)))
  },
}

const LABELS = ['labels', 'logits']

const labelsAndLogits = (given: Given): [SymbolicTensor, SymbolicTensor] => [
  given.get('labels') as SymbolicTensor,
  given.get('logits') as SymbolicTensor,
]

/** The norm of several tensors as of one. */
const globalNorm = (list: readonly SymbolicTensor[]): SymbolicTensor =>
  ops.sqrt(list.map((one) => ops.sum(ops.square(one))).reduce((sum, one) => ops.add(sum, one)))

/** A tensor whose norm is that of all, where that is above a limit. */
const clipped = (one: SymbolicTensor, norm: SymbolicTensor, limit: number): SymbolicTensor =>
  ops.multiply(one, ops.divide(limit, ops.maximum(norm, limit)))

const ON_TENSORS: Readonly<Record<string, Composed>> = {
  assign: assigning('assign'),
  assign_add: assigning('assignAdd'),
  assign_sub: assigning('assignSub'),
  update: assigning('assign'),
  update_add: assigning('assignAdd'),
  update_sub: assigning('assignSub'),
  moving_average_update: moving,
  add_n: {
    parameters: ['inputs'],
    make: (given) => (given.get('inputs') as SymbolicTensor[]).reduce((sum, one) => ops.add(sum, one)),
  },
  gradients: {
    parameters: ['loss', 'variables'],
    make(given) {
      const [loss, sources = []] = [...given.values()] as [
        SymbolicTensor,
        (SymbolicTensor | SymbolicTensor[])?,
      ]
      return gradients(loss, [sources].flat())
    },
  },
  unsorted_segment_mean: {
    parameters: ['data', 'segmentIds', 'numSegments'],
    make(given) {
      const [data, ids, count] = [...given.values()] as [SymbolicTensor, SymbolicTensor, number]
      const entries = ops.segmentSum(ops.onesLike(data), ids, count)
      // A segment without entries is zeros, as its sum is.
      return ops.divide(ops.segmentSum(data, ids, count), ops.maximum(entries, 1))
    },
  },
  sigmoid_cross_entropy_with_logits: {
    parameters: LABELS,
    make(given) {
      const [labels, logits] = labelsAndLogits(given)
      const least = ops.subtract(ops.relu(logits), ops.multiply(logits, labels))
      return ops.add(least, ops.softplus(ops.negative(ops.absolute(logits))))
    },
  },
  softmax_cross_entropy_with_logits: {
    parameters: [...LABELS, 'axis'],
    make(given) {
      const [labels, logits] = labelsAndLogits(given)
      const axis = (given.get('axis') as number | undefined) ?? -1
      return ops.negative(ops.sum(ops.multiply(labels, ops.logSoftmax(logits, axis)), axis))
    },
  },
  sparse_softmax_cross_entropy_with_logits: {
    parameters: LABELS,
    make: (given) => ops.sparseCategoricalCrossentropy(...labelsAndLogits(given), true),
  },
  l2_loss: {
    parameters: ['t'],
    make: (given) => ops.divide(ops.sum(ops.square(given.get('t') as SymbolicTensor)), 2),
  },
  global_norm: { parameters: ['tList'], make: (given) => globalNorm(given.get('tList') as SymbolicTensor[]) },
  clip_by_global_norm: {
    parameters: ['tList', 'clipNorm', 'useNorm'],
    make(given) {
      const list = given.get('tList') as SymbolicTensor[]
      const limit = given.get('clipNorm') as number
      const norm = (given.get('useNorm') as SymbolicTensor | undefined) ?? globalNorm(list)
      return [list.map((one) => clipped(one, norm, limit)), norm]
    },
  },
  clip_by_norm: {
    parameters: ['t', 'clipNorm'],
    make(given) {
      const one = given.get('t') as SymbolicTensor
      return clipped(one, globalNorm([one]), given.get('clipNorm') as number)
    },
  },
  band_part: {
    parameters: ['input', 'numLower', 'numUpper'],
    make(given) {
      const whole = given.get('input') as SymbolicTensor
      const [lower, upper] = ['numLower', 'numUpper'].map((name) => given.get(name)) as [number, number]
      const below = lower < 0 ? whole : ops.triu(whole, -lower)
      return upper < 0 ? below : ops.tril(below, upper)
    },
  },
  ctc_batch_cost: { parameters: ['yTrue', 'yPred', 'inputLength', 'labelLength'], make: ctcBatchCost },
}

const find = (table: Readonly<Record<string, Composed>>, path: string): Composed | undefined => {
  const [, ...names] = path.split('.')
  const known = [names.slice(-2).join('.'), names.at(-1) ?? ''].find((name) => Object.hasOwn(table, name))
  return known === undefined ? undefined : table[known]
}

/** What such a function makes; undefined for other functions. */
export function composedCall(
  reader: Reader,
  path: string,
  placed: readonly unknown[],
  named: Given,
): Value | undefined {
  const draws = reader.isInCall ? find(DRAWS, path) : undefined
  const isOnTensors = placed.concat(...named.values()).some(isTensor)
  const here = draws ?? (isOnTensors ? find(ON_TENSORS, path) : undefined)
  // Names of TensorFlow and of the backend mean their functions, which others of these names are not.
  const isTheirs = !here && isOnTensors && /^tensorflow|backend/.test(path)
  const composed = isTheirs ? find(tensorflowCalls, path) : here
  if (!composed) return undefined
  const given = argumentsByName(composed, placed, named)
  if (isTheirs) checkArguments(path, composed, given)
  reader.act()
  return reader.wrap(composed.make(given))
}
