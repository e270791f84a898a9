// Copies of models: new layers with the same options and names, called as those of the model are, with new weights.

import { describeValue, fail } from '../errors.ts'
import { type CallableLayer, callable, layerOf } from '../layers/callable.ts'
import { ModelInput } from '../layers/core/input.ts'
import { underPolicy } from '../layers/dtypePolicy.ts'
import { Layer } from '../layers/layer.ts'
import { followGraph } from '../layers/layerGraph.ts'
import { mapTensors, type SymbolicTensor } from '../layers/symbolicTensor.ts'
import { withParts } from '../layers/withParts.ts'
import { mapValues } from '../util/mapValues.ts'
import { FunctionalModel } from './functional.ts'
import { isFunctional } from './isFunctional.ts'
import type { LayersModel } from './model.ts'
import { SequentialModel } from './sequential.ts'

/** Options of a first layer, which say what its model's input is. */
const OF_INPUTS = ['inputShape', 'batchShape', 'batchSize']

/** What stands in a copy for a layer of the model: another layer, the same one, or by null a copy. */
export type CloneFunction = (layer: CallableLayer) => Layer | null | undefined

type KnownModel = SequentialModel | FunctionalModel

const isKnown = (model: Layer): model is KnownModel =>
  model instanceof SequentialModel || model instanceof FunctionalModel

/** Whether all layers of a model are known: a class of the user's own says itself how its objects are made. */
export const isCopied = (model: Layer, cloneFunction: CloneFunction | null): model is KnownModel =>
  isKnown(model) &&
  (cloneFunction !== null ||
    withParts<Layer>([model]).every((layer) => isKnown(layer) || !isFunctional(layer)))

/** What a copy is made with. */
export interface Copying {
  readonly inputTensors: readonly SymbolicTensor[] | null
  readonly cloneFunction: CloneFunction | null
  readonly recursive: boolean
}

/** A copy of a model. @param where What errors name. */
export function copyModel(
  where: string,
  model: KnownModel,
  { inputTensors = null, cloneFunction = null, recursive = false }: Partial<Copying> = {},
): LayersModel {
  if (inputTensors) {
    const count = model.built ? model.inputs.length : 1
    if (inputTensors.length !== count)
      fail(where, { expected: `inputTensors: ${count} symbolic tensors`, got: `${inputTensors.length}` })
  }
  return new Cloning(where, cloneFunction, recursive).copyOf(model, inputTensors)
}

/** Makes copies of what belongs together: a layer that is met again is the same copy. */
class Cloning {
  readonly #copies: Map<Layer, Layer>
  readonly #where: string
  readonly #cloneFunction: CloneFunction | null
  readonly #isRecursive: boolean

  /**
   * @param isRecursive Whether the function is asked for the layers of inner models, and not for these models.
   * @param copies What is copied already: models share layers.
   */
  constructor(
    where: string,
    cloneFunction: CloneFunction | null,
    isRecursive: boolean,
    copies = new Map<Layer, Layer>(),
  ) {
    this.#copies = copies
    this.#where = where
    this.#cloneFunction = cloneFunction
    this.#isRecursive = isRecursive
  }

  /** @param inputs Tensors in the place of new inputs. */
  copyOf(model: KnownModel, inputs: readonly SymbolicTensor[] | null = null): LayersModel {
    return underPolicy(model.dtypePolicy, () => {
      const made =
        model instanceof SequentialModel ? this.#sequential(model, inputs) : this.#functional(model, inputs)
      if (!model.trainable) made.trainable = false
      return made
    })
  }

  #sequential(model: SequentialModel, inputs: readonly SymbolicTensor[] | null): SequentialModel {
    const { name } = model
    const layers = model.parts.map((layer) => this.#layer(layer))
    const [input] = model.built ? model.inputs : []
    if (inputs) return new SequentialModel([...inputs, ...layers], { name })
    if (!input) return new SequentialModel(layers, { name })
    if (!model.adapts) return new SequentialModel([this.#inputOf(input), ...layers], { name })
    // An input that only the first data declared may have other extents in the copy, too.
    const made = new SequentialModel(layers, { name })
    made.build(input.shape)
    return made
  }

  #functional(model: FunctionalModel, given: readonly SymbolicTensor[] | null): FunctionalModel {
    const inputs = given ?? model.inputs.map((tensor) => this.#inputOf(tensor))
    const outputs = followGraph(model.graph.whole, inputs, ({ layer, node, inputs, states, find }) =>
      this.#layer(layer).connect(inputs, {
        states,
        options: mapTensors(node.options, find),
        masks: node.masks.map((mask) => mask && find(mask)),
        training: node.training,
      }),
    )
    return new FunctionalModel(inputs, outputs, { name: model.name }, model.endKeys)
  }

  #inputOf({ layer }: SymbolicTensor): SymbolicTensor {
    const copy = this.#once(layer, () => this.#plain(layer))
    // Models may share their inputs, too.
    const [first] = copy.nodes[0]?.outputs ?? copy.connect([])
    return first as SymbolicTensor
  }

  #layer(layer: Layer): Layer {
    return this.#once(layer, () => {
      if (this.#isRecursive && isKnown(layer)) return this.copyOf(layer)
      const made = this.#cloneFunction?.(callable(layer) as CallableLayer)
      return made ? layerOf(made, `${this.#where}, cloneFunction`) : this.#plain(layer)
    })
  }

  /** A copy by the layer's own options, in which other layers are copied, too. */
  #plain(layer: Layer): Layer {
    if (isKnown(layer)) return new Cloning(this.#where, null, false, this.#copies).copyOf(layer)
    if (isFunctional(layer))
      fail(this.#where, {
        expected: 'models in models that are Sequential or Model(inputs, outputs)',
        got: describeValue(layer),
        remedy: 'Give a cloneFunction that makes it: what its class takes is known to the class alone.',
      })
    const inner = (value: unknown): unknown => {
      if (value instanceof Layer) return this.#once(value, () => this.#plain(value))
      return Array.isArray(value) && value.some((each) => each instanceof Layer) ? value.map(inner) : value
    }
    const given = mapValues(layer.given, (value, name) =>
      // The input that a layer declared is copied by itself.
      OF_INPUTS.includes(name) && !(layer instanceof ModelInput) ? null : inner(value),
    )
    const made = layer.clone({ ...given, name: layer.name })
    if (!layer.trainable && !(layer instanceof ModelInput)) made.trainable = false
    return made
  }

  #once(layer: Layer, make: () => Layer): Layer {
    const made = this.#copies.get(layer) ?? make()
    this.#copies.set(layer, made)
    return made
  }
}
