// The same layer at every time step: time is folded into the batch, so that T time steps cost one launch.
//   [B, T, ...] → [B·T, ...] → layer → [B·T, ...] → [B, T, ...]
// A layer whose outputs depend on other samples of the batch or on states is called once for each time step in order, as in Keras.

import { impossible } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { splitColumns } from '../../ops/columnPairs.ts'
import { concat } from '../../ops/columns.ts'
import { reshape } from '../../ops/view.ts'
import { required, type TableFor } from '../../util/options.ts'
import { lastOf, type OpenShape, sizeOf } from '../../util/shape.ts'
import type { LayerCall, NoWeights } from '../call.ts'
import { defineLayer, layerOf, type WrapperConstructor, writeLayer } from '../callable.ts'
import { type Reading, type Reads, readingIn } from '../integers.ts'
import { Layer, type WeightGroup } from '../layer.ts'
import { followMasks, type MaskAxes, type MasksOtherAxes } from '../masks.ts'
import { type LayerOptions, layerOptions } from '../options.ts'
import { withParts } from '../withParts.ts'

interface TimeDistributedArguments extends LayerOptions {
  /** The layer to apply to every time step: any layer that takes one time step as its input. */
  readonly layer: Layer
}

const table = {
  ...layerOptions,
  layer: required<Layer>((where, _name, value) => layerOf(value, where), writeLayer),
} as const satisfies TableFor<TimeDistributedArguments>

/** @internal */
export class TimeDistributedLayer extends Layer<typeof table, NoWeights> implements Reads, MasksOtherAxes {
  override get takesMask(): boolean {
    return true
  }

  override outputMasks([axes = 0]: readonly number[], inputs: readonly OpenShape[]): MaskAxes {
    const { layer } = this.config
    // A layer inside that computes by masks has the mask of its time step.
    if (axes > 0 && layer.takesMask) followMasks(layer, [this.#stepOf(inputs[0])], [axes - 1], [])
    return []
  }

  override get losesMask(): boolean {
    return true
  }

  override get parts(): readonly Layer[] {
    return [this.config.layer]
  }

  readingOf(index: number): Reading {
    return readingIn(this.config.layer, index)
  }

  override get children(): Readonly<Record<string, WeightGroup>> {
    return { layer: this.config.layer }
  }

  /** The shape of a time step. */
  #stepOf([batch = null, , ...rest]: OpenShape = []): OpenShape {
    return [batch, ...rest]
  }

  /** As in Keras the axes of a time step are the affair of the layer inside. */
  maskedAxes([batch = null, time = null, ...inner]: OpenShape): OpenShape {
    return [batch, time, ...inner.map(() => null)]
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const input = this.single(inputs, 3, '[batch, timesteps, ...]')
    const [batch = null, time = null] = input
    return this.config.layer
      .outputShapes([this.#stepOf(input)])
      .map(([, ...inner]) => [batch, time, ...inner])
  }

  protected override createWeights(input: OpenShape): NoWeights {
    this.config.layer.ensureBuilt(this.path, [this.#stepOf(input)])
    return {}
  }

  protected override lower(call: LayerCall<NoWeights>): readonly Value[] {
    const {
      graph,
      inputs: [x],
      step,
      training,
    } = call
    // Penalties on outputs are divided by the samples of a time step.
    const isRegularized = withParts([this.config.layer]).some(
      ({ config }) => config.activityRegularizer !== null,
    )
    const mixesSamples = withParts<Layer>([this]).some((part) => part.mixesSamples(step, training))
    if (isRegularized || mixesSamples) return this.#lowerEachStep(call)
    const [batch = 1, time = 1, ...rest] = x.shape
    const folded = reshape(graph, x, { shape: [batch * time, ...rest] })
    const given = this.#innerMask(call, (mask) =>
      reshape(graph, mask, { shape: [batch * time, ...mask.shape.slice(2)] }),
    )
    return this.config.layer
      .lowerIn(step, { inputs: [folded], given, training })
      .map(({ value }) => reshape(graph, value, { shape: [batch, time, ...value.shape.slice(1)] }))
  }

  /** The mask of the layer inside, if it takes one. */
  #innerMask({ masks: [mask] }: LayerCall<NoWeights>, part: (mask: Value) => Value): readonly Value[] {
    return mask && this.config.layer.takesMask ? [part(mask)] : []
  }

  #lowerEachStep(call: LayerCall<NoWeights>): readonly Value[] {
    const {
      graph,
      inputs: [x],
      training,
    } = call
    const [batch = 1, time = 1, ...rest] = x.shape
    const inColumns = (value: Value) => reshape(graph, value, { shape: [batch, sizeOf(value.shape) / batch] })
    const [masks] = this.#innerMask(call, inColumns).map((mask) => takeApart(graph, mask, time))
    const [, , ...ofMask] = call.masks[0]?.shape ?? []
    const steps = takeApart(graph, inColumns(x), time).map((slice, t) => {
      const input = reshape(graph, slice, { shape: [batch, ...rest] })
      const mask = masks?.[t]
      const given = mask && [reshape(graph, mask, { shape: [batch, ...ofMask] })]
      return this.config.layer
        .lowerIn(call.step, { inputs: [input], given, training })
        .map(({ value }) => value)
    })
    const [first = []] = steps
    return first.map(({ shape: [, ...inner] }, i) => {
      const parts = steps.map((outputs) => {
        const y = outputs[i] ?? impossible(`${this.config.layer.where} lacks an output at a step`)
        return reshape(graph, y, { shape: [batch, sizeOf(inner)] })
      })
      return reshape(graph, putTogether(graph, parts), { shape: [batch, time, ...inner] })
    })
  }
}

/** Columns in equal parts, by repeated bisection: a number is copied log₂(parts) times, where cutting off one part after
 * another would copy it up to once a part. */
function takeApart(graph: Graph, columns: Value, count: number): Value[] {
  if (count === 1) return [columns]
  const left = Math.floor(count / 2)
  const { a, b } = splitColumns(graph, { x: columns }, { first: (lastOf(columns.shape) / count) * left })
  return [...takeApart(graph, a, left), ...takeApart(graph, b, count - left)]
}

function putTogether(graph: Graph, parts: readonly Value[]): Value {
  const [only] = parts
  if (only && parts.length === 1) return only
  const half = Math.floor(parts.length / 2)
  const [a, b] = [putTogether(graph, parts.slice(0, half)), putTogether(graph, parts.slice(half))]
  return concat(graph, { a, b }, {}).y
}

const definition = defineLayer({
  className: 'TimeDistributed',
  table,
  positional: ['layer'],
  create: (self, given) => new TimeDistributedLayer(self, given),
})

/**
 * Applies a layer to every time step: `[batch, timesteps, ...]` → `[batch, timesteps, ...]`. A BatchNormalization in it takes the
 * moments of each time step, and a stateful layer passes its states on from one time step to the next.
 *
 * @param layer Any layer that takes one time step as its input.
 * @see keras/src/layers/rnn/time_distributed.py
 */
export const TimeDistributed: WrapperConstructor<Layer, LayerOptions, TimeDistributedArguments> =
  definition.make
export type TimeDistributed = ReturnType<typeof TimeDistributed>
