// `Model`, as users know it: a function of inputs and outputs, and the class that they extend.

import type {
  CallOptions,
  Drawn,
  LayerData,
  LayerInput,
  NamedInputs,
  OnData,
  OnTensors,
  ValuesOf,
} from '../layers/callable.ts'
import type { LayerOptions } from '../layers/options.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { failFromConfig } from '../util/constructorOf.ts'
import type { Tensor } from '../util/tensor.ts'
import type { Data, PredictionStream } from './data/data.ts'
import {
  argumentsInOrder,
  type FunctionalModel,
  functionalModel,
  type ModelEnds,
  type ModelOutput,
} from './functional.ts'
import { type CallableModel, LayersModel, type ModelOptions } from './model.ts'
import { SubclassedModel } from './subclassed.ts'
import type { PredictOptions, StreamPredictOptions } from './trainer/predict.ts'
import type { Predicted } from './trainer/returned.ts'

/** A model of the user's own, which can be called as a layer. */
export interface OwnModel extends SubclassedModel {
  (input: Drawn, options?: CallOptions): OnTensors<ReturnType<this['call']>>
  (input: LayerInput | NamedInputs, options?: CallOptions): ReturnType<this['call']>
  (first: LayerInput | NamedInputs, second: LayerInput, options?: CallOptions): ReturnType<this['call']>
  <In extends LayerData>(input: In, options?: CallOptions): OnData<In, ReturnType<this['call']>>
  (
    first: LayerData,
    second: LayerInput | LayerData,
    options?: CallOptions,
  ): OnTensors<ReturnType<this['call']>>
  /** The outputs for a stream of batches: `[x]`, `[x, y]`, `[x, y, sampleWeight]`, or a tensor. */
  predict<Output extends Predicted = ValuesOf<ReturnType<this['call']>>>(
    stream: PredictionStream,
    options?: StreamPredictOptions | null,
  ): Promise<Output>
  /** The outputs for inputs, as `fit` takes them: a tensor, a list or an object of such, as `call` returns symbolic ones. */
  predict<Output extends Predicted = ValuesOf<ReturnType<this['call']>>>(
    x: Data,
    options?: PredictOptions | null,
  ): Promise<Output>
  /** The outputs for one batch. */
  predictOnBatch<Output extends Predicted = ValuesOf<ReturnType<this['call']>>>(x: Data): Promise<Output>
}

/** Any model: of a graph of layers, layers in a row, or a class of the user's own. `Outputs` is what `predict` resolves to. */
export type Model<Outputs extends Predicted = Tensor> = CallableModel<
  LayersModel<Outputs>,
  Outputs extends Tensor ? SymbolicTensor : { readonly [Key in keyof Outputs]: SymbolicTensor }
>

/** All of `Model(inputs, outputs, options)` by name, as keywords in Python. */
interface ModelArguments<Outputs> extends ModelOptions {
  /** What `Input` returned; several in a list, or by keys. */
  readonly inputs: ModelEnds
  /** What layers returned; several in a list, or by keys. */
  readonly outputs: Outputs
}

/** The same for a class of one's own. */
interface OwnGraphArguments extends LayerOptions {
  /** What `Input` returned; several in a list, or by keys. */
  readonly inputs: ModelEnds
  /** What layers returned; several in a list, or by keys. */
  readonly outputs: ModelEnds
}

export interface ModelClass {
  /** A model of the layers between inputs and outputs. */
  <const Outputs extends ModelEnds>(
    inputs: ModelEnds,
    outputs: Outputs,
    options?: ModelOptions,
  ): CallableModel<FunctionalModel<ValuesOf<Outputs>>, ModelOutput<Outputs>>
  <const Outputs extends ModelEnds>(
    options: ModelArguments<Outputs>,
  ): CallableModel<FunctionalModel<ValuesOf<Outputs>>, ModelOutput<Outputs>>
  new <const Outputs extends ModelEnds>(
    inputs: ModelEnds,
    outputs: Outputs,
    options?: ModelOptions,
  ): CallableModel<FunctionalModel<ValuesOf<Outputs>>, ModelOutput<Outputs>>
  new <const Outputs extends ModelEnds>(
    options: ModelArguments<Outputs>,
  ): CallableModel<FunctionalModel<ValuesOf<Outputs>>, ModelOutput<Outputs>>
  /** As the base class of a model of one's own. */
  new (options?: LayerOptions): OwnModel
  /** As the base class of models of the layers between inputs and outputs, which say their steps themselves. */
  new (inputs: ModelEnds, outputs: ModelEnds, options?: LayerOptions): OwnModel
  new (options: OwnGraphArguments): OwnModel
  readonly prototype: OwnModel
  /** Of a class that extends it: makes a model of what `getConfig` returned; by default `new Class(config)`. */
  fromConfig(config: object): OwnModel
}

/* @__NO_SIDE_EFFECTS__ */
function makeModelClass(): ModelClass {
  function Model(...args: readonly unknown[]): LayersModel {
    const isExtended = new.target !== undefined && new.target !== made
    return isExtended
      ? (Reflect.construct(
          SubclassedModel,
          args,
          new.target as unknown as typeof SubclassedModel,
        ) as LayersModel)
      : functionalModel(argumentsInOrder(args))
  }
  Object.setPrototypeOf(Model, SubclassedModel)
  Model.prototype = SubclassedModel.prototype
  Object.defineProperty(Model, 'fromConfig', {
    value(this: object, config: object): unknown {
      return this === made
        ? failFromConfig('Model')
        : Reflect.construct(this as typeof SubclassedModel, [config])
    },
  })
  // As in Keras every model is one.
  Object.defineProperty(Model, Symbol.hasInstance, {
    value(this: object, value: unknown): boolean {
      return this === made
        ? value instanceof LayersModel
        : Function.prototype[Symbol.hasInstance].call(this, value)
    },
  })
  // Functions that are called and extended have no type of their own.
  const made = Model as unknown as ModelClass
  return made
}

/**
 * A model of the layers between inputs and outputs, `Model(inputs, outputs)`; or the base class of a model of one's own:
 *
 * ```ts
 * class Net extends Model {
 *   hidden = LSTM(8)
 *   last = Dense(1)
 *   call(x: SymbolicTensor) { return this.last(this.hidden(x)) }
 * }
 * const model = new Net()
 * ```
 *
 * Layers in fields are the model's. The shapes of the inputs come from `build`, or from the first data.
 *
 * @param inputs What {@link Input} returned; for several a list, or an object of them by their names. Other symbolic tensors make a model of a part of another, with
 * the same weights: `Model(model.getLayer('a').output, model.output)`.
 * @param outputs What layers returned; a list for several. An object gives outputs names, by which predictions, losses, metrics and targets
 * go, in alphabetical order as in Keras.
 * @throws {RecurraError} if an output does not depend on the inputs alone.
 * @see keras/src/models/model.py
 */
export const Model: ModelClass = makeModelClass()
