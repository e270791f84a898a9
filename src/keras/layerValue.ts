// Layers and models in a text: calls, attributes, and methods of models.

import { toCamelCase } from '../formats/config/snakeCase.ts'
import { ModelInput } from '../layers/core/input.ts'
import type { Layer } from '../layers/layer.ts'
import { symbolicTensors } from '../layers/layerCall.ts'
import { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { DrawnVariable } from '../layers/weights/variable.ts'
import { withParts } from '../layers/withParts.ts'
import { isFunctional } from '../models/isFunctional.ts'
import type { LayersModel } from '../models/model.ts'
import { NAMED_MASKS } from '../models/namedMasks.ts'
import type { HostValue } from '../python/hostValue.ts'
import { truthOf } from '../python/truth.ts'
import { type Arguments, List, NativeFunction, Unknown, type Value } from '../python/values.ts'
import { withLoss } from './addedLosses.ts'
import { constantsIn } from './constantCalls.ts'
import { layerDefinition } from './layerMaker.ts'
import { layerMethod } from './layerMethods.ts'
import { methodOf } from './modelMethods.ts'
import { placeOf } from './names.ts'
import { outOf, unknownAmong } from './onTensors.ts'
import { OptimizerValue } from './optimizerValue.ts'
import { isModel, type Reader } from './reader.ts'
import { shapeTuple } from './tensorValue.ts'
import { WrappedValue } from './values.ts'
import { WeightValue } from './weightValue.ts'

/** Layers around others. */
const WRAPPERS = ['Bidirectional', 'SpectralNormalization', 'TimeDistributed']

/** What every layer's call takes. */
const CALL = ['inputs', 'training', 'mask']

/** Arguments of calls that stand for inputs, in their order. */
const INPUTS = ['inputs', 'query', 'value', 'key']

export class LayerValue extends WrappedValue {
  readonly label: string
  #layer: Layer

  constructor(reader: Reader, layer: Layer) {
    super(reader)
    this.#layer = layer
    this.label = layer.className
  }

  get layer(): Layer {
    return this.#layer
  }

  override get isLayer(): boolean {
    return true
  }

  override plain(): Layer {
    return this.#layer
  }

  override call(args: Arguments, at: number): Value {
    return callLayer(this.reader, this.layer, args, at)
  }

  override isInstanceOf(type: HostValue): boolean {
    const { layer } = this
    const place = placeOf(type.label)
    if (place?.area !== 'layers' && place?.area !== 'models') return false
    const { name } = place
    if (name === 'Layer') return true
    if (name === 'Model' || name === 'Functional')
      return isModel(layer) && (name === 'Model' || isFunctional(layer))
    const isWrapper = WRAPPERS.includes(layer.className)
    if (name === 'RNN') return layer.takesStates && !isWrapper
    if (name === 'Wrapper') return isWrapper
    return layer.className === (layerDefinition(name)?.className ?? name)
  }

  override attribute(name: string, at: number): Value | undefined {
    const { layer, reader } = this
    const own = reader.fieldsOf(layer).get(name)
    if (own !== undefined) return own
    if (name === 'add_loss' && isModel(layer) && isFunctional(layer))
      return new NativeFunction(name, (args, place) => this.#addLoss(layer, args, place))
    const method = methodOf(reader, layer, name) ?? layerMethod(reader, layer, name)
    if (method) return method
    switch (name) {
      case 'name':
        return layer.name
      case 'trainable':
        return layer.trainable
      case 'input':
      case 'output':
        // In Keras 2 the input of an InputLayer is what it gives.
        if (layer instanceof ModelInput) return reader.attempt(at, () => reader.wrap(layer.output))
        return reader.attempt(at, () => reader.wrap(layer[name]))
      case 'inputs':
      case 'outputs':
        return isModel(layer) ? reader.wrap(layer[name]) : undefined
      case 'layers':
        return isModel(layer) ? reader.wrap(layer.layers) : undefined
      case 'input_shape':
      case 'output_shape':
        return shapeOf(layer, name === 'input_shape' ? 'input' : 'output')
      case 'optimizer':
        return isModel(layer) && layer.optimizer ? new OptimizerValue(reader, layer.optimizer) : undefined
      case 'losses':
        return this.#losses(at)
      case 'state_size':
        return 'stateSize' in layer ? reader.wrap(layer.stateSize) : undefined
      case 'weights':
      case 'variables':
        return this.#weights('weights')
      case 'trainable_weights':
      case 'trainable_variables':
        return this.#weights('trainableWeights')
      case 'non_trainable_weights':
      case 'non_trainable_variables':
        return this.#weights('nonTrainableWeights')
      case 'built':
        return layer.built
      case 'path':
        return layer.path
      case 'dtype':
      case 'variable_dtype':
        return layer.variableDtype
      case 'compute_dtype':
        return layer.computeDtype
      case 'call':
      case '__call__':
        return new NativeFunction(name, (args, place) => callLayer(reader, layer, args, place), CALL)
    }
    return this.#weight(toCamelCase(name)) ?? this.#option(toCamelCase(name))
  }

  #addLoss(model: LayersModel, args: Arguments, at: number): Value {
    return this.reader.attempt(at, () => {
      this.#layer = withLoss(this.reader, model, args, at) ?? model
      return null
    })
  }

  /** What a model adds to the loss in the step of a training loop, which knows the sum of all that models of it add. */
  #losses(at: number): Value | undefined {
    const { reader, layer } = this
    const { customModel } = reader
    if (!customModel || !isModel(layer)) return undefined
    const held = withParts<Layer>([layer])
    const isWhole = customModel.parts.filter(isModel).every((model) => held.includes(model))
    if (isWhole) return reader.attempt(at, () => reader.wrap(customModel.losses))
    return reader.interpreter.problem(
      at,
      'are known together where a loop trains several models: write the loop as train_step of a class, whose self.losses has those of all',
    )
  }

  /** Outside of calls and steps the weights that are there, in an order that texts may index. */
  #weights(list: 'weights' | 'trainableWeights' | 'nonTrainableWeights'): List | undefined {
    const { layer, reader } = this
    if (!reader.isInCall && !layer.built) return undefined
    return new List(layer[list].map((weight) => new WeightValue(reader, weight)))
  }

  /** A weight of the layer, such as `kernel`, once it has been called. */
  #weight(name: string): Value | undefined {
    const weights: object = this.layer.builtWeights ?? {}
    const weight: unknown = Object.hasOwn(weights, name)
      ? (weights as Record<string, unknown>)[name]
      : undefined
    return weight instanceof DrawnVariable ? this.reader.wrap(weight) : undefined
  }

  /** An option of the layer, such as `units`, as far as it is plain. */
  #option(name: string): Value | undefined {
    const { config } = this.layer
    const value: unknown = Object.hasOwn(config, name) ? (config as Record<string, unknown>)[name] : undefined
    const isPlain = ['number', 'string', 'boolean'].includes(typeof value)
    return isPlain ? this.reader.wrap(value) : undefined
  }

  override setAttribute(name: string, value: Value, at: number): boolean {
    if (name === 'stop_training' && isModel(this.layer)) {
      this.layer.stopTraining = truthOf(value) === true
      return true
    }
    if (name !== 'trainable') {
      // What Keras has no such attribute for is the text's own: model.output_length = 3.
      const isOwn =
        ['stop_training', 'name', '_name'].includes(name) || this.attribute(name, at) === undefined
      if (isOwn) this.reader.fieldsOf(this.layer).set(name, value)
      return isOwn
    }
    const truth = truthOf(value)
    if (truth === null) this.reader.unknownAt(value as Unknown, at)
    else this.layer.trainable = truth
    return true
  }
}

function shapeOf(layer: Layer, side: 'input' | 'output'): Value | undefined {
  const isWhole = isModel(layer) && layer.built
  if (layer.nodes.length === 0 && !isWhole) return undefined
  const tensors = isWhole ? layer[`${side}s`] : [layer[side]].flat()
  const shapes = tensors.map((tensor) => shapeTuple((tensor as SymbolicTensor).shape))
  return shapes.length === 1 ? shapes[0] : new List(shapes)
}

/** Calls a layer on tensors; on data it gives a prediction, which is not known here. */
export function callLayer(reader: Reader, layer: Layer, args: Arguments, at: number): Value {
  const inputs: [Value, number][] = args.placed.map((value, i) => [value, args.places.get(i) ?? at])
  const options: [string, readonly [Value, number]][] = []
  for (const [name, value] of args.named) {
    const place = args.places.get(name) ?? at
    const input = INPUTS.indexOf(name)
    if (input >= 0) inputs[Math.max(0, name === 'inputs' ? 0 : input - 1)] = [value, place]
    else if (!(name === 'training' && value instanceof Unknown))
      options.push([toCamelCase(name), [value, place]])
  }
  // Behind inputs stand by their places whether the layer trains, and its mask.
  const flag = inputs.findIndex(([value], i) => i > 0 && typeof value === 'boolean')
  for (const name of flag > 0 ? ['training', 'mask'] : [])
    for (const given of inputs.splice(flag, 1)) options.push([name, given])
  // Behind its input a recurrent layer takes its states; calls of Keras's classes of old take them by place.
  const unknown = unknownAmong(inputs.map(([value]) => value))
  if (unknown) return outOf(unknown, inputs[0]?.[1] ?? at)
  return reader.attempt(at, () => {
    const own = reader.options(options)
    if (!own) return new Unknown(layer.name, true)
    const given = { ...reader.callOptions.get(layer), ...masksInOrder(own, inputs.length) }
    const known = inputs.map(([value]) => reader.plain(value))
    const plain = containsTensor(known) ? known : constantsIn(reader, known)
    if (!plain) return new Unknown(layer.name)
    reader.act()
    const [first, ...others] = plain
    checkInputs(layer, plain)
    const isState = layer.takesStates && others.length > 0
    const called = isState
      ? layer.called([first, { ...given, initialState: others[0] }])
      : layer.called([...plain, given])
    return reader.wrap(called)
  })
}

/** Refuses numbers among the tensors of a list: a call on numbers is a promise, which a text cannot await. */
export function checkInputs(layer: Layer, inputs: readonly unknown[]): void {
  for (const input of inputs)
    if (Array.isArray(input) && input.some((one) => typeof one === 'number'))
      symbolicTensors(input, layer.where)
}

/** Options of a call with the masks of query, value and key, which Keras names one by one, as a list. */
function masksInOrder(options: Readonly<Record<string, unknown>>, count: number): Record<string, unknown> {
  const names: readonly string[] = NAMED_MASKS
  const others = Object.entries(options).filter(([name]) => !names.includes(name))
  const masks = names.slice(0, count).map((name) => options[name] ?? null)
  return Object.fromEntries(masks.some((mask) => mask !== null) ? [...others, ['mask', masks]] : others)
}

function containsTensor(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(containsTensor)
  if (value instanceof SymbolicTensor) return true
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).some((one) => one instanceof SymbolicTensor)
  )
}
