// y = x·scale + offset.

import { fail } from '../../errors.ts'
import type { Value } from '../../graph/graph.ts'
import { point } from '../../ops/pointwise.ts'
import { broadcastShapes } from '../../util/broadcastShapes.ts'
import { option, required, type TableFor } from '../../util/options.ts'
import { type OpenShape, sameShape, showShape } from '../../util/shape.ts'
import type { Tensor } from '../../util/tensor.ts'
import type { LayerCall } from '../call.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../callable.ts'
import { Layer } from '../layer.ts'
import { type LayerOptions, layerOptions } from '../options.ts'
import type { Variable } from '../weights/variable.ts'
import { type Numbers, type PlainNumbers, readNumbers, writeNumbers } from './numbers.ts'

export interface RescalingOptions extends LayerOptions {
  /** Added to the product: a number, `0` by default, or an array that broadcasts to the input's shape. */
  readonly offset?: Numbers
}

interface RescalingArguments extends RescalingOptions {
  /** The factor: a number, or an array that broadcasts to the input's shape, such as one for each channel. */
  readonly scale: Numbers
}

const table = {
  ...layerOptions,
  scale: required<number | Tensor, Numbers>(readNumbers, writeNumbers),
  offset: option<number | Tensor, Numbers>(0, readNumbers, writeNumbers),
} as const satisfies TableFor<RescalingArguments>

type Weights = { readonly scale: Variable | undefined; readonly offset: Variable | undefined }

/** @internal */
export class RescalingLayer extends Layer<typeof table, Weights> {
  override get passesMask(): boolean {
    return true
  }

  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const shape = this.single(inputs, 1, '[batch, ...]')
    for (const name of ['scale', 'offset'] as const) {
      const value = this.config[name]
      if (typeof value === 'number') continue
      const where = `${this.where}, ${name}`
      if (!sameShape(broadcastShapes(where, [shape, value.shape]), shape))
        fail(where, {
          expected: `an array that broadcasts to ${showShape(shape)}`,
          got: showShape(value.shape),
        })
    }
    return [shape]
  }

  protected override createWeights(): Weights {
    const constant = (name: 'scale' | 'offset'): Variable | undefined => {
      const value = this.config[name]
      return typeof value === 'number' ? undefined : this.addConstant(name, value)
    }
    return { scale: constant('scale'), offset: constant('offset') }
  }

  protected override lower({ graph, inputs: [x], weights }: LayerCall<Weights>): readonly Value[] {
    const operand = (name: 'scale' | 'offset'): Value | number => {
      const value = this.config[name]
      return typeof value === 'number' ? value : (weights[name] as Value)
    }
    return [point(graph, 'add', point(graph, 'multiply', x, operand('scale')), operand('offset'))]
  }
}

const definition = defineLayer({
  className: 'Rescaling',
  table,
  positional: ['scale', 'offset'],
  create: (self, given) => new RescalingLayer(self, given),
})

/**
 * x·scale + offset, in training and in predictions: `Rescaling(1 / 255)` takes pixels to [0, 1], `Rescaling(1 / 127.5, -1)` to [−1, 1].
 * Any shape, unchanged.
 *
 * @param scale The factor, a number or an array that broadcasts.
 * @param offset Added to the product, `0` by default.
 * @see keras/src/layers/preprocessing/rescaling.py
 */
export const Rescaling: LayerConstructor<
  LayerArguments<[scale: PlainNumbers, offset?: PlainNumbers], LayerOptions, RescalingArguments>
> = definition.make
export type Rescaling = ReturnType<typeof Rescaling>
