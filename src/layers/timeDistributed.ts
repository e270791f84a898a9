// The same layer at every time step: time is folded into the batch, so that T steps cost one launch.
//   [B, T, ...] → [B·T, ...] → layer → [B·T, ...] → [B, T, ...]

import type { Value } from '../graph/graph.ts'
import { reshape } from '../ops/view.ts'
import { required } from '../util/options.ts'
import type { OpenShape } from '../util/shape.ts'
import { type CallableLayer, defineLayer, layerOf, type OptionsOf } from './callable.ts'
import { Layer, type Lowering, type WeightGroup } from './layer.ts'
import { layerOptions } from './options.ts'

const table = {
  ...layerOptions,
  layer: required<Layer>((where, _name, value) => layerOf(value, where)),
} as const

export class TimeDistributedLayer extends Layer<typeof table> {
  override get parts(): readonly Layer[] {
    return [this.config.layer]
  }

  override get children(): Readonly<Record<string, WeightGroup>> {
    return { layer: this.config.layer }
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const [batch = null, time = null, ...rest] = this.single(inputs, 3, '[batch, timesteps, ...]')
    return this.config.layer.outputShapes([[batch, ...rest]]).map(([, ...inner]) => [batch, time, ...inner])
  }

  protected override build(path: string, [input = []]: readonly OpenShape[]): void {
    const [batch = null, , ...rest] = input
    this.config.layer.ensureBuilt(path, [[batch, ...rest]])
  }

  override lower(lowering: Lowering, [x]: readonly Value[]): readonly Value[] {
    if (!x) throw new TypeError(`${this.where} has no input`)
    const { graph } = lowering
    const [batch = 1, time = 1, ...rest] = x.shape
    const folded = reshape(graph, x, { shape: [batch * time, ...rest] })
    return this.config.layer
      .lowerUnderPolicy(lowering, [folded], 0)
      .map((y) => reshape(graph, y, { shape: [batch, time, ...y.shape.slice(1)] }))
  }
}

const definition = defineLayer({
  className: 'TimeDistributed',
  table,
  positional: ['layer'],
  create: (self, given) => new TimeDistributedLayer(self, given),
})

export type TimeDistributedOptions = OptionsOf<typeof table, ['layer']>

/**
 * Applies a layer to every time step: `[batch, timesteps, ...]` → `[batch, timesteps, ...]`.
 *
 * @param layer Any layer that takes what one time step holds.
 * @see keras/src/layers/rnn/time_distributed.py
 */
export const TimeDistributed = (
  layer: Layer,
  options?: TimeDistributedOptions,
): CallableLayer<TimeDistributedLayer> => definition.make(layer, options)
