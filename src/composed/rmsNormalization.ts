// y = scale·x / √(mean of x² + ε), by the mean over some axes of each sample; scale has the extents of these. Zhang and Sennrich 2019.

import { axesOf, axis } from '../layers/axes.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../layers/callable.ts'
import { checkExtents, knownExtent } from '../layers/inputChecks.ts'
import { epsilon } from '../layers/normalization/normalizationOptions.ts'
import { type LayerOptions, layerOptions } from '../layers/options.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import type { DrawnVariable } from '../layers/weights/variable.ts'
import { add, multiply, rsqrt, square } from '../operations/elementwise.ts'
import { mean } from '../operations/reductions.ts'
import { reshape } from '../operations/shapes.ts'
import type { TableFor } from '../util/options.ts'
import type { OpenShape } from '../util/shape.ts'
import { ComposedLayer } from './composedLayer.ts'

export interface RMSNormalizationOptions extends LayerOptions {
  /** The axis or axes to normalize over, `-1` by default; never the batch. */
  readonly axis?: number | readonly number[]
  /** Added to the mean of squares before its root is taken, `0.000001` by default. */
  readonly epsilon?: number
}

const table = {
  ...layerOptions,
  axis,
  epsilon: epsilon(1e-6),
} as const satisfies TableFor<RMSNormalizationOptions>

/** @internal */
export class RMSNormalizationLayer extends ComposedLayer<typeof table> {
  // As in Keras a mask ends here.
  override supportsMasking = false
  scale: DrawnVariable | null = null

  protected override checkInput(input: OpenShape): void {
    checkExtents(this, input, axesOf(this, this.config.axis, input), this.scale)
  }

  override build(input: OpenShape): void {
    const axes = axesOf(this, this.config.axis, input)
    const shape = axes.map((each) => knownExtent(this, input, each, 'features'))
    this.scale = this.addWeight({ name: 'scale', shape, initializer: 'ones' })
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    const axes = axesOf(this, this.config.axis, x.shape)
    const inverse = rsqrt(add(mean(square(x), axes, true), this.config.epsilon))
    const alongAxes = x.shape.map((extent, k) => (axes.includes(k) ? extent : 1))
    return multiply(multiply(x, inverse), reshape(this.scale as DrawnVariable, alongAxes))
  }
}

const definition = defineLayer({
  className: 'RMSNormalization',
  table,
  positional: ['axis', 'epsilon'],
  create: (self, given) => new RMSNormalizationLayer(given, self),
})

/**
 * Scales the features of each sample to a root mean square of 1, then by learned weights. Any shape, unchanged.
 *
 * @param axis The axis or axes to normalize over, `-1` by default; never the batch.
 * @param epsilon Added to the mean of squares before its root is taken, `0.000001` by default.
 * @see keras/src/layers/normalization/rms_normalization.py
 */
export const RMSNormalization: LayerConstructor<
  LayerArguments<[axis?: number | readonly number[], epsilon?: number], LayerOptions, RMSNormalizationOptions>
> = definition.make
export type RMSNormalization = ReturnType<typeof RMSNormalization>
