// `Layer`, as users know it: the class that they extend, and the type of every layer.

import { baseClass } from '../util/baseClass.ts'
import { Layer as AnyLayer } from './layer.ts'
import type {
  CallOptions,
  Drawn,
  LayerData,
  LayerInput,
  NamedInputs,
  OnData,
  OnTensors,
} from './layerCall.ts'
import type { LayerOptions } from './options.ts'
import { CustomLayer } from './own/customLayer.ts'
import type { OwnStatics } from './own/ownCode.ts'

/** A layer of the user's own, which can be called. */
export interface OwnLayer extends CustomLayer {
  (input: Drawn, options?: CallOptions): OnTensors<ReturnType<this['call']>>
  (input: LayerInput | NamedInputs, options?: CallOptions): ReturnType<this['call']>
  (first: LayerInput | NamedInputs, second: LayerInput, options?: CallOptions): ReturnType<this['call']>
  (
    first: LayerInput | NamedInputs,
    second: LayerInput,
    third: LayerInput,
    options?: CallOptions,
  ): ReturnType<this['call']>
  <In extends LayerData>(input: In, options?: CallOptions): OnData<In, ReturnType<this['call']>>
  (
    first: LayerData,
    second: LayerInput | LayerData,
    options?: CallOptions,
  ): OnTensors<ReturnType<this['call']>>
  (
    first: LayerData,
    second: LayerInput | LayerData,
    third: LayerInput | LayerData,
    options?: CallOptions,
  ): OnTensors<ReturnType<this['call']>>
}

/** The class that users extend. */
export interface LayerClass extends OwnStatics {
  new (options?: LayerOptions): OwnLayer
  readonly prototype: OwnLayer
}

/** Any layer: of Recurra or of the user's own. */
export type Layer = AnyLayer

/* @__NO_SIDE_EFFECTS__ */
function layerClass(): LayerClass {
  // As in Keras every layer is one, the user's own and those of Recurra.
  Object.defineProperty(CustomLayer, Symbol.hasInstance, {
    value(this: object, value: unknown): boolean {
      return this === made
        ? value instanceof AnyLayer
        : Function.prototype[Symbol.hasInstance].call(this, value)
    },
  })
  const made = baseClass('Layer', CustomLayer)
  // Objects of the class are functions, which TypeScript does not know of classes.
  return made as unknown as LayerClass
}

/**
 * The base class of layers of one's own. Its method `call` says in `ops` and in calls of other layers what the layer computes; it is
 * traced, differentiated and compiled like every other layer.
 *
 * ```ts
 * class Scale extends Layer {
 *   factor!: Weight
 *   build([, , features]: Shape) { this.factor = this.addWeight({ name: 'factor', shape: [features], initializer: 'ones' }) }
 *   call(x: SymbolicTensor) { return ops.multiply(x, this.factor) }
 * }
 * ```
 *
 * Layers in fields are parts of the layer: their weights are trained and stored with it.
 *
 * @see keras/src/layers/layer.py
 */
export const Layer: LayerClass = layerClass()
