// A layer whose kernel, or whose table of embeddings, is divided by its largest singular value, in every training step anew (Miyato et al. 2018). The value is found
// by power iteration from one step to the next: v = W·u / ‖W·u‖, u = Wᵀ·v / ‖Wᵀ·v‖, σ = vᵀ·W·u.
//
// As in Keras on PyTorch the divided kernel is what the layer computes with, what its gradient is of, and what the optimizer changes.
// So the kernel in memory gives way to the divided one when all of the step has read it, right before the update of all weights.

import { checkExtent, fail } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { fold } from '../../ops/fold.ts'
import { assign } from '../../ops/gather.ts'
import { l2Normalize } from '../../ops/l2Normalize.ts'
import { matmul } from '../../ops/matmul.ts'
import { point } from '../../ops/pointwise.ts'
import { detach, reshape } from '../../ops/view.ts'
import { option, required, type TableFor } from '../../util/options.ts'
import { lastOf, type OpenShape, sizeOf } from '../../util/shape.ts'
import type { LayerCall, MaskedValue, StepLowering } from '../call.ts'
import {
  defineLayer,
  type LayerConstructor,
  layerOf,
  type WrapperConstructor,
  writeLayer,
} from '../callable.ts'
import { Layer, type WeightGroup } from '../layer.ts'
import { followMasks, type MaskAxes } from '../masks.ts'
import { type LayerOptions, layerOptions } from '../options.ts'
import { TruncatedNormal } from '../weights/initializers.ts'
import type { Variable } from '../weights/variable.ts'

export interface SpectralNormalizationOptions extends LayerOptions {
  /** Iterations in a step, `1` by default. */
  readonly powerIterations?: number
}

interface SpectralNormalizationArguments extends SpectralNormalizationOptions {
  /** A layer with a kernel, such as `Dense` or `Conv2D`, or an `Embedding`, whose table is such. */
  readonly layer: Layer
}

const table = {
  ...layerOptions,
  layer: required<Layer>((where, _name, value) => layerOf(value, where), writeLayer),
  powerIterations: option(1, checkExtent),
} as const satisfies TableFor<SpectralNormalizationArguments>

type Weights = { readonly kernel: Variable; readonly vectorU: Variable }

/** The least norm that vectors are divided by. */
const EPSILON = 1e-7

/** @internal */
export class SpectralNormalizationLayer extends Layer<typeof table, Weights> {
  /** As in Keras the kernel is stored beside the vector, and once more in the layer that has it. */
  readonly storesWeightsOfParts = true
  /** The newest kernel of a step, by the tensor of the one in memory. */
  readonly #newest = new WeakMap<Value, Value>()

  override get parts(): readonly Layer[] {
    return [this.config.layer]
  }

  override get children(): Readonly<Record<string, WeightGroup>> {
    return { layer: this.config.layer }
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    this.single(inputs, 1, '[batch, ...]')
    return this.config.layer.outputShapes(inputs)
  }

  protected override createWeights(input: OpenShape): Weights {
    const { layer } = this.config
    layer.ensureBuilt(this.path, [input])
    const named = (name: string) => layer.variables.find(({ path }) => path === `${layer.path}/${name}`)
    const kernel = named('kernel') ?? named('embeddings')
    if (!kernel) {
      return fail(this.where, {
        expected: 'a layer that has a kernel, such as Dense or Conv2D, or an Embedding',
        got: layer.where,
      })
    }
    // All rows of a table change in every step, so that none can lag behind.
    kernel.history = undefined
    this.variables.push(kernel)
    const vectorU = this.addStatistic({
      name: 'vector_u',
      shape: [1, lastOf(kernel.shape)],
      initializer: TruncatedNormal({ stddev: 0.02 }),
    })
    return { kernel, vectorU }
  }

  // The output is that of the layer inside, which has computed a mask for it.
  override outputMasks(masks: readonly number[], inputs: readonly OpenShape[]): MaskAxes {
    return followMasks(this.config.layer, inputs, masks, [])
  }

  // The layer inside says so itself where a mask ends in it.
  override get losesMask(): boolean {
    return false
  }

  protected override lower(call: LayerCall<Weights>): readonly MaskedValue[] {
    const { inputs, masks, training, step } = call
    const { layer } = this.config
    const kernel = this.builtWeights?.kernel
    const inside = training ? this.#normalize(call) : null
    const own: StepLowering = inside
      ? { ...step, variable: (variable) => (variable === kernel ? inside : step.variable(variable)) }
      : step
    return layer.lowerIn(own, { inputs, attached: masks, training })
  }

  /** The kernel that the layer inside computes with. */
  #normalize({ step, weights: { kernel: stored, vectorU } }: LayerCall<Weights>): Value {
    if (stored.place?.arena !== 'parameters') {
      return fail(this.where, {
        expected: 'a layer whose kernel training may change',
        got: `${this.config.layer.where}, which is frozen`,
        remedy: 'Call it with { training: false }, so that its kernel stays as it is.',
      })
    }
    const graph = step.graph.withMixed(false)
    const isFirst = !this.#newest.has(stored)
    // No gradient flows through the singular value.
    const before = detach(graph, this.#newest.get(stored) ?? stored, {})
    const { kernel, u } = this.#divided(graph, before, vectorU)
    this.#newest.set(stored, kernel)
    const { vectorU: variable } = this.builtWeights as Weights
    step.update(variable, u)
    if (isFirst)
      step.finish((finished) => replaceBeforeUpdate(finished, stored, () => this.#newest.get(stored)))
    // The divided kernel, whose gradient is that of the one in memory.
    return point(graph, 'add', stored, detach(graph, point(graph, 'subtract', kernel, stored), {}))
  }

  /** The kernel over its largest singular value, and the vector from which the next step goes on. A kernel of zeros stays. */
  #divided(graph: Graph, kernel: Value, start: Value): { readonly kernel: Value; readonly u: Value } {
    const columns = lastOf(kernel.shape)
    const size = sizeOf(kernel.shape)
    const matrix = reshape(graph, kernel, { shape: [size / columns, columns] })
    const unit = (x: Value): Value => l2Normalize(graph, { x }, { axis: 1, most: 1 / EPSILON }).y
    let u = start
    let product = start
    for (let i = 0; i < this.config.powerIterations; i++) {
      const v = unit(matmul(graph, { a: u, b: matrix }, { transposeB: true }).y)
      product = matmul(graph, { a: v, b: matrix }, {}).y
      u = unit(product)
    }
    const sigma = reshape(graph, matmul(graph, { a: product, b: u }, { transposeB: true }).y, { shape: [1] })
    const magnitudes = reshape(graph, point(graph, 'absolute', kernel), { shape: [size] })
    const largest = reshape(graph, fold(graph, { x: magnitudes }, { axis: 0, fn: 'max' }).y, { shape: [1] })
    const isZero = point(graph, 'equal', largest, 0)
    return {
      kernel: point(graph, 'divide', kernel, point(graph, 'where', isZero, 1, sigma)),
      u: point(graph, 'where', isZero, start, u),
    }
  }
}

/**
 * Sets a weight in memory right before the update of all weights, and before the penalties on them, which as in Keras are on the new
 * values; in a step without an update nothing changes.
 */
function replaceBeforeUpdate(graph: Graph, destination: Value, next: () => Value | undefined): void {
  const at = graph.nodes.findIndex(
    ({ inputs: { gradients, parameters, weights } }) => gradients && (parameters || weights),
  )
  const x = next()
  if (at < 0 || !x) return
  assign(graph, { x, destination }, {})
  const { nodes } = graph
  graph.nodes = [...nodes.slice(0, at), ...nodes.slice(-1), ...nodes.slice(at, -1)]
}

const definition = defineLayer({
  className: 'SpectralNormalization',
  table,
  positional: ['layer', 'powerIterations'],
  create: (self, given) => new SpectralNormalizationLayer(self, given),
})

/**
 * Divides the kernel of a layer by its largest singular value in every training step, so that the layer stretches nothing. Shapes are the
 * layer's.
 *
 * @param layer A layer with a kernel, such as `Dense` or `Conv2D`.
 * @see keras/src/layers/normalization/spectral_normalization.py
 */
export const SpectralNormalization: WrapperConstructor<
  Layer,
  SpectralNormalizationOptions,
  SpectralNormalizationArguments
> &
  LayerConstructor<readonly [layer: Layer, powerIterations?: number, options?: LayerOptions]> =
  definition.make
export type SpectralNormalization = ReturnType<typeof SpectralNormalization>
