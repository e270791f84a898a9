// What regularizers and constraints do in a step: penalties on weights and outputs, with their gradients, and what weights meet after an
// update. Those of Keras that are a matter of numbers and norms are one launch for all weights. Loaded by models that have some.

import { fail } from '../errors.ts'
import type { Graph, Place, Value } from '../graph/graph.ts'
import type { MaskedValue, StepLowering } from '../layers/call.ts'
import type { Layer } from '../layers/layer.ts'
import { readRule, rulesOfWeights } from '../layers/weights/ruleReader.ts'
import type { Variable } from '../layers/weights/variable.ts'
import type { WeightRule } from '../layers/weights/weightRules.ts'
import { withParts } from '../layers/withParts.ts'
import { accumulate } from '../ops/accumulate.ts'
import { sumOf } from '../ops/addAll.ts'
import { affine } from '../ops/affine.ts'
import { assignUpdated, type Bounds, constrain, tilesOf } from '../ops/constrain.ts'
import { l2Normalize } from '../ops/l2Normalize.ts'
import { matmul } from '../ops/matmul.ts'
import { chunksOf, penalty } from '../ops/penalty.ts'
import { sum } from '../ops/reduce.ts'
import { reshape } from '../ops/view.ts'
import { usedWeights } from '../training/idleWeights.ts'
import { type Shape, sameShape, showShape, sizeOf } from '../util/shape.ts'
import type { Layout } from './layout.ts'
import type { StepModel, StepRequest } from './stepGraph.ts'

type Regularizer = WeightRule<'regularizer'>
type Constraint = WeightRule<'constraint'>

/** What of a step regularizers and constraints are told of. */
export interface RuledStep {
  readonly model: StepModel
  readonly layout: Layout
  readonly step: StepLowering
  readonly request: StepRequest
  /** The state of loss scaling. */
  readonly scaling: Value | undefined
}

/** The regularizers and constraints of a step. */
export class RulesOfStep {
  readonly #given: RuledStep
  readonly #graph: Graph
  readonly weights: readonly RuledWeight[]
  /** Penalties that training differentiates by. */
  readonly penalties: Penalty[] = []

  constructor(given: RuledStep) {
    const { model, layout, step } = given
    this.#given = given
    this.#graph = step.graph
    const rules = rulesOfWeights(withParts(model.topology.layers))
    this.weights = model.trained.weights.flatMap((variable) => {
      const { path, shape } = variable
      const found = rules.get(variable)
      return found ? [{ variable, path, shape, place: layout.placeOf(variable), ...found }] : []
    })
  }

  /** Adds the penalty on the outputs of a call, divided by the samples of the batch. */
  regularize(layer: Layer, outputs: readonly MaskedValue[]): void {
    const {
      where,
      config: { activityRegularizer: given },
    } = layer
    if (given === null) return
    const graph = this.#graph
    const regularizer = readRule('regularizer', where, 'activityRegularizer', given)
    const factors = factorsOf(regularizer)
    for (const { value: x } of outputs) {
      const scale = 1 / (x.shape[0] ?? 1)
      this.penalties.push(
        ...(factors
          ? [penaltyOnNumbers(graph, x, { l1: scale * factors.l1, l2: scale * factors.l2 })]
          : otherPenalty(graph, regularizer, { x, scale, where })),
      )
    }
  }

  /**
   * Adds the penalties on weights that are operations of their own, orthogonality and what users write.
   *
   * @param losses Takes all that training differentiates by.
   * @param added What layers add to the loss.
   */
  penalize(losses: Value[], added: readonly Value[]): void {
    const { step } = this.#given
    this.penalties.push(...added.map((value) => ({ value, root: value })))
    for (const { variable, path, regularizer } of this.weights) {
      if (!regularizer || factorsOf(regularizer)) continue
      const x = step.variable(variable)
      this.penalties.push(...otherPenalty(this.#graph, regularizer, { x, scale: 1, where: path }))
    }
    losses.push(...this.penalties.map(({ root }) => root))
    if (losses.length > 0 || this.weights.some(({ regularizer }) => regularizer)) return
    fail('model', { expected: 'a loss', got: 'none', remedy: "Give loss: 'mean_squared_error', say." })
  }

  /**
   * Adds the penalties on the numbers of weights, and once the gradients of all else are there, theirs: one launch for all weights. The
   * running mean of the loss has all penalties then.
   */
  penalizeNumbers(): void {
    const graph = this.#graph
    const { request, model, scaling } = this.#given
    const { kind, batch } = request
    const penalized = this.weights.flatMap(({ regularizer, place: { offset }, shape }) => {
      const factors = regularizer && factorsOf(regularizer)
      return factors ? [{ offset, size: sizeOf(shape), shape, ...factors }] : []
    })
    const values = this.penalties.map(({ value }) => value)
    if (penalized.length > 0) {
      if (kind !== 'test') this.#completeGradients(penalized)
      const { sums } = penalty(
        graph,
        {
          weights: this.#flat('parameters'),
          chunks: chunksOf(graph, penalized),
          gradients: kind === 'test' ? undefined : this.#flat('gradients'),
          scaling: kind === 'train' ? (scaling ?? this.#factor) : undefined,
        },
        {},
      )
      values.push(values.length > 0 ? meanOf(graph, sums) : sums)
    }
    const { offsets, state } = model.measures.added ?? {}
    if (kind === 'gradients' || values.length === 0 || !offsets || !state?.mean) return
    const totals = graph.resident('totals', offsets.mean ?? 0, state.mean.shape, 'u32')
    accumulate(graph, { values: sumOf(graph, values), totals }, { rows: batch, isMean: true })
  }

  /** The factor that an optimizer scales the loss by, [1]; undefined for 1. */
  get #factor(): Value | undefined {
    const graph = this.#graph
    const one = graph.constant(Float32Array.of(1), [1])
    const scaled = this.#given.model.optimizer?.scaled(graph, one, undefined, 'multiply')
    return scaled === one ? undefined : scaled
  }

  /** Where no loss gives a weight a gradient, the gradient is zeros before that of the penalty is added. */
  #completeGradients(weights: readonly { readonly offset: number; readonly shape: Shape }[]): void {
    const graph = this.#graph
    const outputs = graph.nodes.flatMap((node) => Object.values(node.outputs))
    const placed = new Set(
      outputs.flatMap(({ place }) => (place?.arena === 'gradients' ? [place.offset] : [])),
    )
    for (const { offset, shape } of weights) {
      if (placed.has(offset)) continue
      const { y } = affine(graph, { x: graph.resident('parameters', offset, shape) }, { scale: 0 })
      graph.placeAt(y, { arena: 'gradients', offset })
    }
  }

  /**
   * Constrains the weights that an update has changed. A step of one's own says which, behind each update.
   *
   * @param changed By default those that a loss depends on.
   * @param scaling The state of loss scaling of the update.
   */
  constrain(changed?: readonly Variable[], scaling = this.#given.scaling): void {
    const graph = this.#graph
    const { request, layout, model } = this.#given
    if (request.kind !== 'train' || (model.ownSteps && !changed)) return
    const all = this.weights.map(({ variable }) => variable)
    const used = new Set(changed ?? usedWeights(graph, { gradients: this.#flat('gradients'), layout }, all))
    const weights = this.weights.filter(({ variable }) => used.has(variable))
    const bounded = weights.flatMap(({ constraint, path, shape, place: { offset } }) =>
      constraint && !constraint.applyTo
        ? [{ shape, offset, where: `${path}, ${constraint.className}`, bounds: boundsOf(constraint) }]
        : [],
    )
    if (bounded.length > 0) {
      const parameters = this.#flat('parameters')
      constrain(graph, { parameters, tiles: tilesOf(graph, bounded), scaling }, {})
    }
    for (const { constraint, path, shape, place } of weights) {
      if (!constraint?.applyTo) continue
      // Other tensors than those of the forward pass, since they are read after the update.
      const memory = (): Value => graph.resident(place.arena, place.offset, shape)
      const x = constraint.applyTo(graph, memory())
      if (!sameShape(x.shape, shape)) {
        fail(`${path}, ${constraint.className}`, {
          expected: `a tensor of the weight's shape ${showShape(shape)}`,
          got: showShape(x.shape),
        })
      }
      assignUpdated(graph, { x, destination: memory(), scaling }, {})
    }
  }

  /** All weights, or their gradients. */
  #flat(arena: 'parameters' | 'gradients'): Value {
    return this.#graph.resident(arena, 0, [this.#given.layout.sizeOf('parameters')])
  }
}

/** A weight with its rules. */
export interface RuledWeight {
  readonly variable: Variable
  readonly path: string
  readonly shape: Shape
  readonly place: Place
  readonly regularizer: Regularizer | null
  readonly constraint: Constraint | null
}

/** A penalty, [1], and the loss by which training differentiates. */
interface Penalty {
  readonly value: Value
  readonly root: Value
}

export interface Factors {
  readonly l1: number
  readonly l2: number
}

/** The penalty of factors on the numbers of a tensor, by which training differentiates. */
function penaltyOnNumbers(graph: Graph, x: Value, factors: Factors): Penalty {
  const chunks = chunksOf(graph, [{ offset: 0, size: sizeOf(x.shape), ...factors }])
  const { sums: root } = penalty(graph, { weights: x, chunks }, factors)
  return { root, value: meanOf(graph, root) }
}

/** The mean of losses of rows, [1]. */
function meanOf(graph: Graph, x: Value): Value {
  const { y } = sum(graph, { x }, { axis: 0, scale: 1 / sizeOf(x.shape) })
  return reshape(graph, y, { shape: [1] })
}

/** The factors of Σ|w| and Σw²; null for other penalties. */
export function factorsOf(regularizer: Regularizer): Factors | null {
  if (regularizer.penaltyOn || regularizer.className === 'OrthogonalRegularizer') return null
  const { l1 = 0, l2 = 0 } = regularizer.config as Partial<Factors>
  return { l1, l2 }
}

/** A penalty times `scale`, other than one on numbers. */
export function otherPenalty(
  graph: Graph,
  regularizer: Regularizer,
  { x, scale, where }: { readonly x: Value; readonly scale: number; readonly where: string },
): Penalty[] {
  const root = regularizer.penaltyOn?.(graph, x, scale)
  return root ? [{ root, value: root }] : orthogonality(graph, regularizer, { x, scale, where })
}

/** As in Keras vectors shorter than this do not become longer. */
const SHORTEST = 1e-7

/**
 * The mean of the magnitudes of the products of each two different rows, or columns, of length one.
 *
 * @see keras/src/regularizers/regularizers.py, OrthogonalRegularizer
 */
function orthogonality(
  graph: Graph,
  regularizer: Regularizer,
  { x, scale, where }: { readonly x: Value; readonly scale: number; readonly where: string },
): Penalty[] {
  const { factor, mode } = regularizer.config as {
    readonly factor: number
    readonly mode: 'rows' | 'columns'
  }
  if (x.shape.length !== 2)
    fail(where, { expected: `a matrix for ${regularizer.className}`, got: showShape(x.shape) })
  const isRows = mode === 'rows'
  const a = l2Normalize(graph, { x }, { axis: isRows ? 1 : 0, most: 1 / SHORTEST }).y
  const products = matmul(graph, { a, b: a }, isRows ? { transposeB: true } : { transposeA: true }).y
  const count = products.shape[0] ?? 1
  const share = (scale * factor) / (count * (count - 1))
  // Products of vectors with themselves, which do not count, are the squares of their lengths.
  return [
    penaltyOnNumbers(graph, products, { l1: share, l2: 0 }),
    penaltyOnNumbers(graph, a, { l1: 0, l2: -share }),
  ]
}

/** What a constraint of Keras bounds; null for signs. */
function boundsOf(constraint: Constraint): Bounds | null {
  const { axis, ...given } = constraint.config as {
    readonly axis?: number | readonly number[]
    readonly minValue?: number
    readonly maxValue?: number
    readonly rate?: number
  }
  if (axis === undefined) return null
  const isUnit = constraint.className === 'UnitNorm'
  return {
    least: given.minValue ?? Number(isUnit),
    most: given.maxValue ?? 1,
    rate: given.rate ?? 1,
    axes: [axis].flat(),
  }
}
