// Models of any graph of layers.

import { fail } from '../errors.ts'
import type { NoWeights } from '../layers/call.ts'
import type { GivenOptions } from '../layers/layer.ts'
import { symbolicTensors } from '../layers/layerCall.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { isOptions, readOptions } from '../util/options.ts'
import type { Tensor } from '../util/tensor.ts'
import { byKeys, type EndKeys, graphConfig } from './graphConfig.ts'
import { type GraphModel, modelClass } from './graphModel.ts'
import { LayersModel, modelOptions } from './model.ts'
import { startAt } from './partOfGraph.ts'
import type { Predicted } from './trainer/returned.ts'

const definition = modelClass('Functional')

/** A graph of layers from inputs to outputs. */
export class FunctionalModel<Outputs extends Predicted = Tensor> extends LayersModel<Outputs> {
  readonly #keys: EndKeys

  /** @param keys The keys of inputs and of outputs that go by keys, in their order. */
  constructor(
    inputs: readonly SymbolicTensor[],
    outputs: readonly SymbolicTensor[],
    options: GivenOptions,
    keys: EndKeys = {},
  ) {
    super(definition, options)
    this.#keys = keys
    keys.inputs?.forEach((key, i) => {
      const layer = inputs[i]?.layer
      // A key that is the name needs no place, and leaves the layer as other models know it.
      if (layer && layer.name !== key) layer.key = key
    })
    this.setGraph(...startAt(inputs, outputs), keys.outputs)
    if (!this.trainable) this.trainable = false
  }

  /** @internal The keys of inputs and of outputs, where they go by keys. */
  get endKeys(): EndKeys {
    return this.#keys
  }

  /** @internal */
  override called(args: readonly unknown[]): unknown {
    return super.called(inputsInOrder(this, args))
  }

  /** @internal Outputs as the model has them: by itself, as a list, or by keys. */
  override arranged(outputs: readonly unknown[]): unknown {
    return byKeys(this.#keys.outputs, outputs)
  }

  /** @internal Whether it was given inputs and outputs, between which its layers are. */
  get isFunctional(): true {
    return true
  }

  /** @internal */
  override get module(): string {
    return 'keras.src.models.functional'
  }

  /** The model's options, its layers with their calls, and its inputs and outputs, as Keras's files have them. */
  override getConfig(): Record<string, unknown> {
    const { dtype: _, ...options } = super.getConfig()
    return { ...options, ...graphConfig(this.graph.whole, this.#keys) }
  }

  protected override createWeights(): NoWeights {
    return {}
  }
}

/** Inputs or outputs of a model: one, a list, or an object of them by name. */
export type ModelEnds = SymbolicTensor | readonly SymbolicTensor[] | Readonly<Record<string, SymbolicTensor>>

/** What a call of a model with such outputs returns. */
export type ModelOutput<Outputs> = Outputs extends readonly [infer Only] ? Only : Outputs

/** Between what a model's layers are. */
export interface GraphEnds {
  readonly inputs: readonly SymbolicTensor[]
  readonly outputs: readonly SymbolicTensor[]
  readonly keys: EndKeys
}

/** A model of the layers between inputs and outputs. */
export function functionalModel(args: readonly unknown[]): FunctionalModel {
  const [inputs, outputs, options, ...more] = args
  if (more.length > 0)
    fail('Model', { expected: '(inputs, outputs, options)', got: `${args.length} arguments` })
  const given = readOptions('Model', modelOptions, options)
  const ends = readEnds('Model', inputs, outputs)
  return new FunctionalModel(ends.inputs, ends.outputs, given, ends.keys)
}

/** Inputs and outputs as users give them. @param where What errors name. */
export function readEnds(where: string, inputs: unknown, outputs: unknown): GraphEnds {
  const keys = { inputs: keysOf(inputs), outputs: keysOf(outputs) }
  const ends = (what: keyof typeof keys, value: unknown): readonly SymbolicTensor[] =>
    symbolicTensors(
      keys[what]?.map((key) => (value as Keyed)[key]) ?? value,
      where,
      `${what} as symbolic tensors`,
    )
  const first = ends('inputs', inputs)
  keys.inputs?.forEach((key, i) => {
    const { where: input, key: other = key } = first[i]?.layer ?? {}
    if (key !== other)
      fail(where, { expected: `${input} under "${other}", as another model has it`, got: `"${key}"` })
  })
  return { inputs: first, outputs: ends('outputs', outputs), keys }
}

type Keyed = Readonly<Record<string, unknown>>

/** The keys of tensors in an object, which as in Keras are in alphabetical order; undefined of others. */
const keysOf = (ends: unknown): readonly string[] | undefined =>
  isOptions(ends) ? Object.keys(ends).sort() : undefined

/** The arguments of a call, whose inputs may come by their names, as in Keras. */
export function inputsInOrder({ inputs }: GraphModel, args: readonly unknown[]): readonly unknown[] {
  const [given, ...others] = args
  const names = inputs.map(({ layer }) => layer.key ?? layer.name)
  if (!isOptions(given) || !names.every((name) => Object.hasOwn(given, name))) return args
  const [first, ...more] = names.map((name) => given[name])
  return [more.length > 0 ? [first, ...more] : first, ...others]
}

/** Arguments of a model by name, as keywords in Python, in the order in which they stand without names. */
export function argumentsInOrder(args: readonly unknown[]): readonly unknown[] {
  const [given] = args
  if (args.length !== 1 || !isOptions(given) || !('inputs' in given || 'outputs' in given)) return args
  const { inputs, outputs, ...options } = given
  return [inputs, outputs, options]
}
