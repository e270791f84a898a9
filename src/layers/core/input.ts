// An input of a model: its shape and name.

import { fail } from '../../errors.ts'
import { constructorOf } from '../../util/constructorOf.ts'
import { computed, type TableFor, unsupported, unwritten } from '../../util/options.ts'
import type { OpenShape } from '../../util/shape.ts'
import { callable, defineLayer, type LayerArguments, type LayerConstructor } from '../callable.ts'
import type { DtypePolicy } from '../dtypePolicy.ts'
import type { GivesIntegers } from '../integers.ts'
import type { GivenOptions } from '../layer.ts'
import { layerOptions, noActivity, nullable, shape } from '../options.ts'
import type { SymbolicTensor } from '../symbolicTensor.ts'
import { WeightlessLayer } from '../weightlessLayer.ts'

export interface InputOptions {
  /** The layer's name, by which data and files name the input. By default `input_layer`, with a number from the second on. */
  readonly name?: string | null
  /**
   * `'int32'`, another integer type or `'bool'` for integers, such as the ids of an Embedding or the entries of a mask, `'string'` for texts
   * and words; `null`, the default, a dtype policy or another float type for floats. The type stands in files; numbers are f32 here.
   */
  readonly dtype?: DtypePolicy | DataType | null
  /** The fixed number of samples a batch, which a stateful layer needs. */
  readonly batchSize?: number | null
  /** The shape with its batch, instead of shape and batchSize. */
  readonly batchShape?: OpenShape | null
}

interface InputArguments extends InputOptions {
  /** The shape without its batch, `[timesteps, features]`. */
  readonly shape?: OpenShape | null
}

export interface InputLayerOptions extends InputOptions {
  /** The shape without its batch, as Keras 2 names it. */
  readonly inputShape?: OpenShape | null
}

type InputLayerArguments = InputLayerOptions & InputArguments

/** Types of data beside f32. */
type DataType =
  | 'string'
  | 'bool'
  | `${'int' | 'uint'}${8 | 16 | 32 | 64}`
  | 'float16'
  | 'float64'
  | 'bfloat16'

/** Whether data, not a layer's computation, have this dtype. */
export const isDataType = (dtype: unknown): dtype is DataType =>
  typeof dtype === 'string' && /^(string|bool|u?int(8|16|32|64)|b?float16|float64)$/.test(dtype)

const table = {
  ...layerOptions,
  dtype: computed<DtypePolicy, DtypePolicy | DataType | null>((where, name, value) =>
    layerOptions.dtype.read(where, name, isDataType(value) ? null : value),
  ),
  shape: nullable(shape, unwritten),
  sparse: unsupported(false),
  activityRegularizer: noActivity,
} as const satisfies TableFor<InputArguments>

/** @internal An input of a model; made by {@link Input} and {@link InputLayer}. */
export class ModelInput extends WeightlessLayer<typeof table> implements GivesIntegers {
  /** The shape without its batch; null where the shape with it is given. */
  readonly #sample: OpenShape | null = this.config.shape ?? this.config.inputShape
  /** The shape with its batch, which is null where it is open. */
  readonly inputShape: OpenShape = this.config.batchShape ?? [this.config.batchSize, ...(this.#sample ?? [])]

  /** The config as Keras writes it: the shape with its batch. */
  override getConfig(): Record<string, unknown> {
    const { trainable, ...config } = super.getConfig()
    const { dtype } = this.given
    return {
      ...config,
      batchShape: this.inputShape,
      ...(isDataType(dtype) && { dtype }),
    }
  }

  get givesIntegers(): boolean {
    return /int|bool/.test(this.given.dtype as string)
  }

  override outputShapes(): readonly OpenShape[] {
    const { batchShape, batchSize } = this.config
    const sample = this.#sample
    if (batchShape !== null && (sample !== null || batchSize !== null))
      fail(this.where, { expected: 'batchShape, or shape and batchSize', got: 'both' })
    if (sample === null && batchShape === null) {
      fail(this.where, { expected: 'a shape', got: 'none', remedy: 'Write Input([timesteps, features]).' })
    }
    return [this.inputShape]
  }

  protected override lower(): readonly never[] {
    return fail(this.where, { expected: 'a layer', got: 'an input' })
  }
}

const definition = defineLayer({
  className: 'InputLayer',
  table,
  positional: ['shape'],
  create: (self, given) => new ModelInput(self, given),
})

const layerOf = (args: readonly unknown[]): ModelInput => definition.make<ModelInput>(...args)

/** A layer that is called at once: its one output is the input of a model. */
const start = (layer: ModelInput): SymbolicTensor => layer.connect([])[0] as SymbolicTensor

/**
 * The start of a functional model: a symbolic tensor of this shape.
 *
 * @param shape Without the batch, `[timesteps, features]`; null is an open extent.
 * @param options `batchSize`, samples a batch for stateful layers; `batchShape` instead of both; `dtype: 'int32'` for integers,
 * `'bool'` for masks, `'string'` for texts; `name`, `input_layer`, `input_layer_1`, … by default.
 * @see keras/src/layers/core/input_layer.py
 */
export const Input: LayerConstructor<
  LayerArguments<[shape: OpenShape], InputOptions, InputArguments>,
  SymbolicTensor
> = constructorOf('Input', (...args) => start(layerOf(args)))
export type Input = ReturnType<typeof Input>

/**
 * What {@link Input} makes, as a layer: the first of a Sequential, or the start of a functional model by its field `output`.
 *
 * @param shape Without the batch, `[timesteps, features]`; null is an open extent.
 * @param options Those of {@link Input}, and `inputShape`, the shape's name in Keras 2.
 * @see keras/src/layers/core/input_layer.py
 */
export const InputLayer: LayerConstructor<
  LayerArguments<[shape: OpenShape], InputLayerOptions, InputLayerArguments>
> = constructorOf('InputLayer', (...args) => {
  const layer = layerOf(args)
  start(layer)
  return callable(layer)
})
export type InputLayer = ReturnType<typeof InputLayer>

/** @internal The layer behind {@link Input}. */
export const inputLayer = (given: GivenOptions): ModelInput => definition.create(given) as ModelInput
