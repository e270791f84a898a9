// Layers that networks of `keras.applications` have and `keras.layers` does not: they are found in files by the modules of these networks.

import { checkFinite, checkInteger, fail } from '../errors.ts'
import { defineLayer, type LayerArguments, type LayerConstructor } from '../layers/callable.ts'
import { type LayerOptions, layerOptions } from '../layers/options.ts'
import { CustomLayer } from '../layers/own/customLayer.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { Constant } from '../layers/weights/initializerNamespace.ts'
import type { DrawnVariable } from '../layers/weights/variable.ts'
import { add, multiply } from '../operations/elementwise.ts'
import { required, type TableFor } from '../util/options.ts'
import { type OpenShape, showShape } from '../util/shape.ts'
import { ComposedLayer } from './composedLayer.ts'

interface LayerScaleArguments extends LayerOptions {
  /** What the factors are at first. */
  readonly initValues: number
  /** How many features there are, each with a factor. */
  readonly projectionDim: number
}

const scaleTable = {
  ...layerOptions,
  initValues: required(checkFinite),
  projectionDim: required((where, name, value) => checkInteger(where, name, value, { min: 1 })),
} as const satisfies TableFor<LayerScaleArguments>

class LayerScaleLayer extends ComposedLayer<typeof scaleTable> {
  // As in Keras a mask ends here.
  override supportsMasking = false
  gamma: DrawnVariable | null = null

  override get module(): string {
    return 'keras.src.applications.convnext'
  }

  protected override checkInput(input: OpenShape): void {
    const { projectionDim } = this.config
    if (input.at(-1) !== projectionDim)
      fail(this.where, { expected: `an input of ${projectionDim} features`, got: showShape(input) })
  }

  override build(): void {
    const { initValues, projectionDim } = this.config
    this.gamma = this.addWeight({ name: 'gamma', shape: [projectionDim], initializer: Constant(initValues) })
  }

  override call(x: SymbolicTensor): SymbolicTensor {
    return multiply(x, this.gamma as DrawnVariable)
  }
}

const scale = defineLayer({
  className: 'LayerScale',
  table: scaleTable,
  positional: ['initValues', 'projectionDim'],
  create: (self, given) => new LayerScaleLayer(given, self),
})

/**
 * Multiplies each feature by a factor that is learned. Any shape, unchanged.
 *
 * @see keras/src/applications/convnext.py
 */
export const LayerScale: LayerConstructor<
  LayerArguments<[initValues: number, projectionDim: number], LayerOptions, LayerScaleArguments>
> = scale.make

interface CustomScaleArguments extends LayerOptions {
  /** By what the second input is multiplied. */
  readonly scale: number
}

const sumTable = {
  ...layerOptions,
  scale: required(checkFinite),
} as const satisfies TableFor<CustomScaleArguments>

class CustomScale extends CustomLayer<typeof sumTable> {
  override get module(): string {
    return 'keras.src.applications.inception_resnet_v2'
  }

  override call([x, y]: readonly [SymbolicTensor, SymbolicTensor]): SymbolicTensor {
    return add(x, multiply(y, this.config.scale))
  }
}

const sum = defineLayer({
  className: 'CustomScaleLayer',
  table: sumTable,
  positional: ['scale'],
  create: (self, given) => new CustomScale(given, self),
})

/**
 * Adds to one tensor a multiple of another, of the same shape: `[x, y]` becomes `x + scale·y`.
 *
 * @see keras/src/applications/inception_resnet_v2.py
 */
export const CustomScaleLayer: LayerConstructor<
  LayerArguments<[scale: number], LayerOptions, CustomScaleArguments>
> = sum.make
