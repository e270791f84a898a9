// Layers that only change shapes: Flatten, Reshape, RepeatVector.

import { checkInteger, describeValue, fail } from '../../errors.ts'
import type { Value } from '../../graph/graph.ts'
import { repeat } from '../../ops/reduce.ts'
import { reshape } from '../../ops/view.ts'
import { required, type TableFor } from '../../util/options.ts'
import { checkSize, isKnown, type OpenShape, showShape, sizeOf } from '../../util/shape.ts'
import type { LayerCall, NoWeights } from '../call.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../callable.ts'
import { type DataFormatOptions, dataFormat, toChannelsLast } from '../convolutional/dataFormat.ts'
import type { Layer } from '../layer.ts'
import { type LayerOptions, layerOptions, positiveInteger } from '../options.ts'
import { WeightlessLayer } from '../weightlessLayer.ts'

export interface FlattenOptions extends LayerOptions, DataFormatOptions {}

const flattenTable = { ...layerOptions, dataFormat } as const satisfies TableFor<FlattenOptions>

/** @internal */
export class FlattenLayer extends WeightlessLayer<typeof flattenTable> {
  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const shape = this.single(inputs, 1, '[batch, ...]')
    const extents = shape.slice(1)
    return [[shape[0] ?? null, isKnown(extents) ? sizeOf(extents) : null]]
  }

  protected override lower({ graph, step, inputs: [x] }: LayerCall<NoWeights>): readonly Value[] {
    const [batch = 1, ...rest] = x.shape
    // As in Keras what a sample becomes does not depend on the format.
    return [reshape(graph, toChannelsLast(this, step, x), { shape: [batch, sizeOf(rest)] })]
  }
}

const flatten = defineLayer({
  className: 'Flatten',
  table: flattenTable,
  positional: [],
  create: (self, given) => new FlattenLayer(self, given),
})

/**
 * Folds all axes but the batch into one: `[batch, ...]` → `[batch, product of the rest]`.
 *
 * @see keras/src/layers/reshaping/flatten.py
 */
export const Flatten: LayerConstructor<[options?: FlattenOptions]> = flatten.make
export type Flatten = ReturnType<typeof Flatten>

interface ReshapeArguments extends LayerOptions {
  /** The shape of a sample, without the batch; one extent may be -1, which is what remains. */
  readonly targetShape: readonly number[]
}

const reshapeTable = {
  ...layerOptions,
  targetShape: required<readonly number[]>((where, name, value) => {
    if (!Array.isArray(value))
      return fail(where, { expected: `${name} to be a list of extents`, got: describeValue(value) })
    const extents = value.map((extent: unknown) =>
      checkInteger(where, `each extent of ${name}`, extent, { min: -1 }),
    )
    if (extents.includes(0) || extents.filter((extent) => extent === -1).length > 1) {
      fail(where, { expected: `${name} of positive extents and at most one -1`, got: describeValue(value) })
    }
    return checkSize(where, name, extents)
  }),
} as const satisfies TableFor<ReshapeArguments>

/** @internal */
export class ReshapeLayer extends WeightlessLayer<typeof reshapeTable> {
  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const shape = this.single(inputs, 1, '[batch, ...]')
    const { targetShape } = this.config
    const extents = shape.slice(1)
    // As in Keras the data of a call say whether an input with open extents fits.
    if (!isKnown(extents))
      return [[shape[0] ?? null, ...targetShape.map((extent) => (extent === -1 ? null : extent))]]
    const size = sizeOf(extents)
    const known = sizeOf(targetShape.filter((extent) => extent !== -1))
    const target = targetShape.map((extent) => (extent === -1 ? size / known : extent))
    if (sizeOf(target) !== size || !target.every(Number.isInteger)) {
      fail(this.where, {
        expected: `a targetShape of ${size} elements for input ${showShape(shape)}`,
        got: showShape([null, ...targetShape].slice(1)),
      })
    }
    return [[shape[0] ?? null, ...target]]
  }

  protected override lower({ graph, inputs: [x] }: LayerCall<NoWeights>): readonly Value[] {
    const [[, ...target] = []] = this.outputShapes([x.shape])
    return [reshape(graph, x, { shape: [x.shape[0] ?? 1, ...(target as number[])] })]
  }
}

const reshapeDefinition = defineLayer({
  className: 'Reshape',
  table: reshapeTable,
  positional: ['targetShape'],
  create: (self, given) => new ReshapeLayer(self, given),
})

/**
 * Gives each sample another shape of the same size: `[batch, ...]` → `[batch, ...targetShape]`.
 *
 * @param targetShape Without the batch; one extent may be -1, which is what remains.
 * @see keras/src/layers/reshaping/reshape.py
 */
export const Reshape: LayerConstructor<
  LayerArguments<[targetShape: readonly number[]], LayerOptions, ReshapeArguments>
> = reshapeDefinition.make
export type Reshape = ReturnType<typeof Reshape>

interface RepeatVectorArguments extends LayerOptions {
  /** Time steps of the output, a positive integer. */
  readonly n: number
}

const repeatTable = {
  ...layerOptions,
  n: positiveInteger,
} as const satisfies TableFor<RepeatVectorArguments>

/** @internal */
export class RepeatVectorLayer extends WeightlessLayer<typeof repeatTable> {
  override outputShapes(inputs: readonly OpenShape[], source?: Layer): readonly OpenShape[] {
    const [shape] = inputs
    if (inputs.length !== 1 || shape?.length !== 2) {
      fail(this.where, {
        expected: 'input [batch, features]',
        got: inputs.map(showShape).join(' and ') || 'nothing',
        remedy:
          shape?.length === 3 && source?.takesStates
            ? 'Set returnSequences: false on the layer before it.'
            : undefined,
      })
    }
    const [batch = null, features = null] = shape
    return [[batch, this.config.n, features]]
  }

  protected override lower({ graph, inputs: [x] }: LayerCall<NoWeights>): readonly Value[] {
    return [repeat(graph, { x }, { axis: 1, n: this.config.n }).y]
  }
}

const repeatVector = defineLayer({
  className: 'RepeatVector',
  table: repeatTable,
  positional: ['n'],
  create: (self, given) => new RepeatVectorLayer(self, given),
})

/**
 * Repeats a vector in time, as the input of a decoder: `[batch, features]` → `[batch, n, features]`.
 *
 * @param n Time steps, a positive integer.
 * @see keras/src/layers/reshaping/repeat_vector.py
 */
export const RepeatVector: LayerConstructor<
  LayerArguments<[n: number], LayerOptions, RepeatVectorArguments>
> = repeatVector.make
export type RepeatVector = ReturnType<typeof RepeatVector>
