// Attention of several heads: queries, keys and values are projected to each head's own, keys are weighted by softmax of the
// products with queries, and the heads' means of values are projected together. Vaswani et al. 2017.
//
// Heads lie between positions and features, [batch, positions, heads, d], as projections store them: products read and write
// them so. Axes between which no attention passes are a part of the batch.

import { impossible } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { activation } from '../../ops/activation.ts'
import { activations } from '../../ops/activations.ts'
import { binary } from '../../ops/elementwise.ts'
import { matmul } from '../../ops/matmul.ts'
import { reshape } from '../../ops/view.ts'
import { drawKey, nextSeed } from '../../util/seed.ts'
import { lastOf, type OpenShape, rowsOf, showShape, sizeOf } from '../../util/shape.ts'
import type { CallRequest, LayerCall, MaskedValue, StepLowering } from '../call.ts'
import { checkFeatures, knownExtent } from '../inputChecks.ts'
import { Layer, type LayerTable, type WeightGroup } from '../layer.ts'
import type { MaskAxes } from '../masks.ts'
import type { OwnOptions, SymbolicCall, SymbolicTensor } from '../symbolicTensor.ts'
import type { Initializer } from '../weights/initializer.ts'
import type { Variable } from '../weights/variable.ts'
import { bothMasks, dotScores, refuse, weigh, withKeyMask } from './attentionCall.ts'
import { type Axes, axesFor, checkShapes, maskOfScores, toPositions } from './attentionShapes.ts'
import {
  type ProjectedCallOptions,
  projectedCallOptions,
  readNamedInputs,
} from './projectedAttentionOptions.ts'

/** What a class of projected attention computes, by its options. */
export interface AttentionPlan {
  readonly heads: number
  /** Heads of keys and values, each of which serves as many heads of queries. */
  readonly keyHeads: number
  readonly keyDim: number
  readonly valueDim: number
  /** Extents of the output in the place of features; null for those of the query. */
  readonly outputs: readonly number[] | null
  /** Null for all axes between batch and features. */
  readonly axes: readonly number[] | null
  readonly window: number | null
  readonly dropout: number
  readonly seed: number | null
  readonly useBias: boolean
  readonly useGate: boolean
  readonly kernelInitializer: Initializer
  readonly biasInitializer: Initializer
  /** Names of the projections in files. */
  readonly groups: Readonly<Record<keyof Weights, string>>
}

/** Kernel and bias of each projection. */
type Projection = readonly Variable[]
type Weights = {
  readonly query: Projection
  readonly key: Projection
  readonly gate: Projection
  readonly value: Projection
  readonly output: Projection
}

/** Layers inside Keras's without weights, for which its files have groups, too. */
const WITHOUT_WEIGHTS: Readonly<Record<string, WeightGroup>> = {
  _softmax: { name: 'softmax', variables: [], children: {} },
  _dropout_layer: { name: 'dropout', variables: [], children: {} },
}

/** @internal */
export abstract class ProjectedAttentionLayer<Table extends LayerTable> extends Layer<Table, Weights> {
  readonly #drawn = nextSeed()

  protected abstract get plan(): AttentionPlan

  override get inputCount(): number {
    return 3
  }

  override get callOptions(): typeof projectedCallOptions {
    return projectedCallOptions
  }

  override readInputs(
    positional: readonly unknown[],
    options: OwnOptions,
  ): readonly [inputs: unknown, options: OwnOptions] {
    return readNamedInputs(this.where, positional, options)
  }

  override get passesMask(): boolean {
    return true
  }

  override get takesMask(): boolean {
    return true
  }

  override get children(): Readonly<Record<string, WeightGroup>> {
    const { groups } = this.plan
    const projections = Object.entries(this.builtWeights ?? {}).map(([name, variables]) => [
      groups[name as keyof Weights],
      { variables, children: {} },
    ])
    return { ...Object.fromEntries(projections), ...WITHOUT_WEIGHTS }
  }

  override connect(inputs: readonly SymbolicTensor[], call: SymbolicCall = {}): readonly SymbolicTensor[] {
    return super.connect(inputs, withKeyMask(call, inputs))
  }

  /** As Keras, whose masks of queries and keys are of one axis of positions. */
  override outputMasks(masks: readonly number[], inputs: readonly OpenShape[]): MaskAxes {
    const [query = []] = inputs
    if (query.length > 3 && masks.some((axes) => axes > 0))
      refuse(this, 'no masks beside inputs of more than three axes', `inputs ${showShape(query)} with masks`)
    return super.outputMasks(masks, inputs)
  }

  #axes(query: OpenShape): Axes {
    return axesFor(this, query, this.plan.axes)
  }

  override outputShapes(
    inputs: readonly OpenShape[],
    _source?: Layer,
    options?: Partial<ProjectedCallOptions>,
  ): readonly OpenShape[] {
    const [query, value, key] = checkShapes(this, inputs)
    const { attended, free } = this.#axes(query)
    const { heads, outputs, window } = this.plan
    checkShapes(this, inputs, free)
    for (const [shape, kernel] of [
      [query, this.builtWeights?.query[0]],
      [value, this.builtWeights?.value[0]],
      [key, this.builtWeights?.key[0]],
    ] as const)
      checkFeatures(this, shape, kernel)
    if (attended.length > 1 && (options?.useCausalMask || window !== null))
      refuse(this, 'attention along one axis beside useCausalMask or slidingWindow', `axes ${attended}`)
    const extents = (shape: OpenShape, axes: readonly number[]) => axes.map((axis) => shape[axis] ?? null)
    const scores = [
      query[0] ?? null,
      ...extents(query, free),
      heads,
      ...extents(query, attended),
      ...extents(value, attended),
    ]
    const mask = options?.attentionMask
    if (mask) maskOfScores(this, mask.shape, scores, attended.length)
    const output = outputs === null ? [...query] : [...query.slice(0, -1), ...outputs]
    return options?.returnAttentionScores ? [output, scores] : [output]
  }

  protected override createWeights(
    query: OpenShape,
    value: OpenShape = query,
    key: OpenShape = value,
  ): Weights {
    const { heads, keyHeads, keyDim, valueDim, outputs, useGate } = this.plan
    const features = (shape: OpenShape) => knownExtent(this, shape, -1, 'features')
    return {
      query: this.#projection('query', [features(query), heads, keyDim]),
      key: this.#projection('key', [features(key), keyHeads, keyDim]),
      gate: useGate ? this.#projection('gate', [features(query), heads, valueDim]) : [],
      value: this.#projection('value', [features(value), keyHeads, valueDim]),
      output: this.#projection(
        'attention_output',
        [heads, valueDim, ...(outputs ?? [features(query)])],
        outputs?.length ?? 1,
      ),
    }
  }

  /** A kernel, and a bias of its last axes. */
  #projection(name: string, shape: readonly number[], outputAxes = 2): Projection {
    const { useBias, kernelInitializer, biasInitializer } = this.plan
    const kernel = this.addWeight({ name: `${name}/kernel`, shape, initializer: kernelInitializer })
    if (!useBias) return [kernel]
    const bias = shape.slice(-outputAxes)
    return [kernel, this.addWeight({ name: `${name}/bias`, shape: bias, initializer: biasInitializer })]
  }

  /** As in Keras the penalty on outputs is one on those of each projection. */
  override lowerIn(step: StepLowering, request: CallRequest): readonly MaskedValue[] {
    return this.lowerCall(step, request)
  }

  protected override lower(call: LayerCall<Weights, ProjectedCallOptions>): readonly (Value | MaskedValue)[] {
    const { graph, step, inputs, masks, options, weights, training, repetition } = call
    const project = (x: Value, weights: readonly Value[], extents: readonly number[]): Value => {
      const y = projected(graph, x, weights, extents)
      step.rules?.regularize(this, [{ value: y, mask: null }])
      return y
    }
    const [query, value = query, key = value] = inputs
    const plan = this.plan
    const { heads, keyHeads, keyDim, valueDim } = plan
    const axes = this.#axes(query.shape)
    const positions = (x: Value): Value => toPositions(graph, x, axes)
    const q = positions(query)
    const v = positions(value)
    const k = key === value ? v : positions(key)
    const [samples = 1, queries = 1] = q.shape
    const shapes = this.outputShapes(
      [query, value, key].map(({ shape }) => shape),
      undefined,
      { returnAttentionScores: true },
    ) as readonly (readonly number[])[]
    const [outputShape = [], scoresShape = []] = shapes
    const { attentionMask } = options
    const { y, weights: seen } = weigh(
      graph,
      {
        scores: dotScores(
          graph,
          project(q, weights.query, [heads, keyDim]),
          project(k, weights.key, [keyHeads, keyDim]),
          heads / keyHeads,
        ),
        queries: masks[0] ?? null,
        keys: bothMasks(graph, masks[1] ?? null, masks[2] ?? null),
        mask:
          attentionMask &&
          maskOfScores(this, attentionMask.shape, scoresShape, axes.attended.length).read(
            graph,
            attentionMask,
          ),
        scale: 1 / Math.sqrt(keyDim),
        causal: options.useCausalMask,
        window: plan.window,
        unseen: isUnseenZero(plan, query.shape, options) ? 'zero' : 'equal',
      },
      project(v, weights.value, [keyHeads, valueDim]),
      { rate: training ? plan.dropout : 0, seed: drawKey(plan.seed ?? this.#drawn, repetition) },
    )
    const gated = plan.useGate ? gate(graph, y, project(q, weights.gate, [heads, valueDim])) : y
    const joined = reshape(graph, gated, { shape: [samples, queries, heads * valueDim] })
    const features = outputShape.slice(query.shape.length - 1)
    const output = project(joined, weights.output, features)
    const placed = reshape(graph, axes.back(graph, output, query.shape), { shape: outputShape })
    const shown = { value: reshape(graph, seen, { shape: [...scoresShape] }), mask: null }
    return [{ value: placed, mask: masks[0] ?? null }, ...(options.returnAttentionScores ? [shown] : [])]
  }
}

/**
 * Whether a query that sees no key gets nothing. Otherwise it gets the mean of all values: Keras weighs so by the backend's fused
 * function, which it calls for sequences, without dropout, where nobody asks for the weights.
 */
export const isUnseenZero = (
  { dropout }: AttentionPlan,
  query: OpenShape,
  { returnAttentionScores }: { readonly returnAttentionScores?: unknown },
): boolean => dropout > 0 || returnAttentionScores === true || query.length !== 3

/** x [samples, positions, C] times a kernel [C, …extents], and a bias: [samples, positions, …extents]. */
function projected(
  graph: Graph,
  x: Value,
  [kernel, bias]: readonly Value[],
  extents: readonly number[],
): Value {
  if (!kernel) impossible('a projection without a kernel')
  const [rows, features, columns] = [rowsOf(x.shape), lastOf(x.shape), sizeOf(extents)]
  const { y } = matmul(
    graph,
    {
      a: reshape(graph, x, { shape: [rows, features] }),
      b: reshape(graph, kernel, { shape: [features, columns] }),
      bias: bias && reshape(graph, bias, { shape: [columns] }),
    },
    {},
  )
  return reshape(graph, y, { shape: [...x.shape.slice(0, -1), ...extents] })
}

/** y times the sigmoid of a projection of the query. */
function gate(graph: Graph, y: Value, opening: Value): Value {
  const opened = activation(graph, { x: opening }, { code: activations.sigmoid.code }).y
  return binary(graph, { a: y, b: opened }, { fn: 'multiply' }).y
}
