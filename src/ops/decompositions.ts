// Operations of backward passes as operations that have gradients themselves: what they compute, a launch for each step of it. They are
// added where a gradient is differentiated again; what they compute forward is there already, and nothing reads it a second time.

import type { Graph, Node, Value } from '../graph/graph.ts'
import type { Attributes, Operation } from '../graph/operation.ts'
import { extentOf, lastOf, rowsOf, type Shape } from '../util/shape.ts'
import { activationGradient } from './activation.ts'
import { additiveScoresGradient } from './additiveScores.ts'
import { batchNormalizationGradient, batchNormalizationSums } from './batchNormalization.ts'
import { maximumGradient } from './elementwise.ts'
import { l2NormalizeGradient } from './l2Normalize.ts'
import { layerNormalizationGradient } from './layerNormalization.ts'
import { type Operand, point } from './pointwise.ts'
import type { PointwiseName } from './pointwiseFunctions.ts'
import { rectifierGradient } from './rectifier.ts'
import { sum } from './reduce.ts'
import { slopeExpression } from './slopes.ts'
import { softmaxGradient } from './softmax.ts'
import { transpose } from './transpose.ts'
import { reshape } from './view.ts'

/** Adds what computes the outputs of a node. */
export type Decomposition = (
  graph: Graph,
  inputs: Node['inputs'],
  attrs: Attributes,
) => Readonly<Record<string, Value>>

/** A decomposition, checked against the signature of its operation; a node has plain records. */
const of = <In, A, Out>(
  op: ((graph: Graph, inputs: In, attrs: A) => Out) & { readonly operation: Operation },
  decomposition: (graph: Graph, inputs: In, attrs: A) => NoInfer<Out>,
): readonly [Operation, Decomposition] => [op.operation, decomposition as unknown as Decomposition]

const calculator =
  (graph: Graph) =>
  (fn: PointwiseName, ...operands: readonly Operand[]): Value =>
    point(graph, fn, ...operands)

/** A tensor in two axes, of which the last is its own. */
const asRows = (graph: Graph, x: Value): Value =>
  reshape(graph, x, { shape: [rowsOf(x.shape), lastOf(x.shape)] })

/** Sums over an axis, which stays with an extent of 1. */
function sumAlong(graph: Graph, x: Value, axis: number, scale = 1): Value {
  const shape: Shape = x.shape.map((extent, i) => (i === axis ? 1 : extent))
  return reshape(graph, sum(graph, { x }, { axis, scale }).y, { shape })
}

const meanAlong = (graph: Graph, x: Value, axis: number): Value =>
  sumAlong(graph, x, axis, 1 / extentOf(x.shape, axis))

const ofActivation = of(activationGradient, (graph, { saved, dy }, { code }) => ({
  dx: point(graph, 'multiply', dy, slopeExpression(graph, code, saved)),
}))

const ofMaximum = of(maximumGradient, (graph, { a, b, dy }, { isMinimum }) => {
  const by = calculator(graph)
  const half = by('multiply', by('equal', a, b), 0.5)
  const [isA, isB] = [by('less', b, a), by('less', a, b)]
  const share = (isOne: Value): Value => by('multiply', dy, by('add', isOne, half))
  return { da: share(isMinimum ? isB : isA), db: share(isMinimum ? isA : isB) }
})

const ofRectifier = of(
  rectifierGradient,
  (graph, { x, dy }, { alpha, threshold = 0, limit = null, exponential = false }) => {
    const by = calculator(graph)
    const below = exponential ? by('multiply', by('exp', by('minimum', x, 0)), alpha) : alpha
    const above = limit === null ? 1 : by('less', x, limit)
    return { dx: by('multiply', dy, by('where', by('less', threshold, x), above, below)) }
  },
)

const ofSoftmax = of(softmaxGradient, (graph, { y, dy }, { logarithm = false, scale = 1 }) => {
  const by = calculator(graph)
  const total = (x: Value): Value => sumAlong(graph, x, x.shape.length - 1)
  const dx = logarithm
    ? by('subtract', dy, by('multiply', by('exp', y), total(dy)))
    : by('multiply', y, by('subtract', dy, total(by('multiply', y, dy))))
  return { dx: by('multiply', dx, scale) }
})

const ofL2Normalize = of(l2NormalizeGradient, (graph, { x, dy }, { axis, most }) => {
  const by = calculator(graph)
  const squares = sumAlong(graph, by('square', x), axis)
  // Where the factor is a constant, it does not change with x.
  const least = 1 / most ** 2
  const factor = by('rsqrt', by('maximum', squares, least))
  const along = sumAlong(graph, by('multiply', x, dy), axis)
  const isFree = by('less', least, squares)
  const share = by('multiply', by('multiply', along, by('square', factor)), isFree)
  return { dx: by('multiply', factor, by('subtract', dy, by('multiply', share, x))) }
})

const ofLayerNormalization = of(layerNormalizationGradient, (graph, { x, gamma, dy }, { epsilon }) => {
  const by = calculator(graph)
  const mean = (value: Value): Value => meanAlong(graph, value, value.shape.length - 1)
  const deviation = by('subtract', x, mean(x))
  const scale = by('rsqrt', by('add', mean(by('square', deviation)), epsilon))
  const normal = by('multiply', deviation, scale)
  const g = gamma ? by('multiply', dy, gamma) : dy
  const along = by('multiply', normal, mean(by('multiply', g, normal)))
  return {
    dx: by('multiply', scale, by('subtract', by('subtract', g, mean(g)), along)),
    products: by('multiply', dy, normal),
  }
})

/** The normalized input of a batch normalization and 1 / √(variance + ε), from moments of its own where the batch gives them. */
function normalized(
  graph: Graph,
  given: { readonly x: Value; readonly mean: Value; readonly variance: Value },
  { epsilon, ofBatch }: { readonly epsilon: number; readonly ofBatch?: boolean },
): readonly [normal: Value, scale: Value] {
  const by = calculator(graph)
  const x = asRows(graph, given.x)
  const mean = ofBatch ? meanAlong(graph, x, 0) : given.mean
  const deviation = by('subtract', x, mean)
  const variance = ofBatch ? meanAlong(graph, by('square', deviation), 0) : given.variance
  const scale = by('rsqrt', by('add', variance, epsilon))
  return [by('multiply', deviation, scale), scale]
}

const ofBatchNormalizationSums = of(batchNormalizationSums, (graph, inputs, attrs) => {
  const [normal] = normalized(graph, inputs, attrs)
  const dy = asRows(graph, inputs.dy)
  return {
    dGamma: sum(graph, { x: point(graph, 'multiply', dy, normal) }, { axis: 0 }).y,
    dBeta: sum(graph, { x: dy }, { axis: 0 }).y,
  }
})

const ofBatchNormalization = of(batchNormalizationGradient, (graph, inputs, attrs) => {
  const by = calculator(graph)
  const { gamma, dGamma, dBeta, x } = inputs
  const [normal, scale] = normalized(graph, inputs, attrs)
  const dy = asRows(graph, inputs.dy)
  const common = (): Value => by('add', dBeta, by('multiply', normal, dGamma))
  const d = attrs.ofBatch ? by('subtract', dy, by('multiply', common(), 1 / rowsOf(dy.shape))) : dy
  const dx = by('multiply', gamma ? by('multiply', d, gamma) : d, scale)
  return { dx: reshape(graph, dx, { shape: x.shape }) }
})

const ofAdditiveScores = of(additiveScoresGradient, (graph, { own, other, scale, dy: given }, { isKey }) => {
  const by = calculator(graph)
  const [batch = 1, count = 1, features = 1] = own.shape
  const [, others = 1] = other.shape
  const dy = isKey ? transpose(graph, { x: given }, { permutation: [0, 2, 1] }).y : given
  const bent = by(
    'tanh',
    by(
      'add',
      reshape(graph, own, { shape: [batch, count, 1, features] }),
      reshape(graph, other, { shape: [batch, 1, others, features] }),
    ),
  )
  const d = reshape(graph, dy, { shape: [batch, count, others, 1] })
  const overOthers = (x: Value): Value => sum(graph, { x }, { axis: 2 }).y
  const slope = by('multiply', d, by('subtract', 1, by('square', bent)))
  return {
    dOwn: overOthers(scale ? by('multiply', slope, scale) : slope),
    bent: overOthers(by('multiply', d, bent)),
  }
})

/** Decompositions by their operations. */
export const decompositions: ReadonlyMap<Operation, Decomposition> = new Map([
  ofActivation,
  ofMaximum,
  ofRectifier,
  ofSoftmax,
  ofL2Normalize,
  ofLayerNormalization,
  ofBatchNormalizationSums,
  ofBatchNormalization,
  ofAdditiveScores,
])
