// A chain of layers, each on the output of the one before it.

import { describeValue, fail } from '../errors.ts'
import type { NoWeights } from '../layers/call.ts'
import { type CallableLayer, callable, layerOf, writeLayer } from '../layers/callable.ts'
import { inputLayer, ModelInput } from '../layers/core/input.ts'
import { inputDtype } from '../layers/integers.ts'
import type { GivenOptions, Layer } from '../layers/layer.ts'
import type { MaskAxes } from '../layers/masks.ts'
import { autoName } from '../layers/naming.ts'
import { hosting } from '../layers/own/hosting.ts'
import { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { type Constructor, constructorOf, failFromConfig } from '../util/constructorOf.ts'
import { readOptions } from '../util/options.ts'
import { type OpenShape, showShape } from '../util/shape.ts'
import { toTensor } from '../util/tensor.ts'
import { modelClass } from './graphModel.ts'
import { type CallableModel, LayersModel, type ModelOptions, modelOptions } from './model.ts'

const definition = modelClass('Sequential')

export class SequentialModel extends LayersModel {
  #chain: Layer[] = []
  /** The names of the layers in the chain. */
  readonly #names = new Set<string>()
  #input: SymbolicTensor | null = null
  /** @internal Whether no Input declares the shape of the input, but what came first gave it: data, a call, or `build`. */
  declare adapts?: boolean
  /** What each layer of the chain returned. A layer that is shared was called elsewhere too. */
  #outputs: SymbolicTensor[] = []
  /** Whether more layers follow at once, so that the graph is made behind the last of them. */
  #isGrowing = false

  /** @param layers A generator may make each when those before it are in the model. */
  constructor(layers: Iterable<Layer | SymbolicTensor>, options: GivenOptions) {
    super(definition, options)
    this.#grow(() => {
      for (const layer of layers) this.add(layer)
    })
    if (!this.trainable) this.trainable = false
  }

  /** @internal */
  override get parts(): readonly Layer[] {
    return this.#chain
  }

  /** @internal */
  override get module(): string {
    return 'keras'
  }

  /** The model's options and its layers, the input first where it is known, as Keras's files have them. */
  override getConfig(): Record<string, unknown> {
    const input = this.#input
    const layers = [...(input ? [input.layer] : []), ...this.#chain].map(writeLayer)
    return { ...super.getConfig(), layers, ...(input && { buildInputShape: input.shape }) }
  }

  override get layers(): readonly CallableLayer[] {
    return Object.freeze([...(this.#chain as readonly Layer[] as readonly CallableLayer[])])
  }

  /** @internal */
  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    if (this.core !== null) return super.outputShapes(inputs)
    if (this.#chain.length === 0) return [this.graph.inputs[0]?.shape ?? []]
    // A model without an input shape yet takes that of its first call.
    let source: Layer | undefined
    let masks: MaskAxes = []
    return this.#chain.reduce((shapes, layer) => {
      const next = layer.outputShapes(shapes, source, {}, masks)
      masks = layer.outputMasks(
        shapes.map((_, i) => masks[i] ?? 0),
        shapes,
      )
      source = layer
      return next
    }, inputs)
  }

  /** Puts a layer, or an Input, at the end. */
  add(given: Layer | SymbolicTensor, ...more: readonly unknown[]): void {
    const where = `${this.where}.add`
    this.#checkUncalled(where)
    if (more.length > 0)
      fail(where, { expected: 'one layer', got: `${1 + more.length}`, remedy: 'Add them in turn.' })
    const layer = given instanceof ModelInput ? given.output : given
    if (layer instanceof SymbolicTensor) {
      if (!(layer.layer instanceof ModelInput))
        fail(where, { expected: 'a layer or an Input', got: describeValue(layer) })
      if (this.#chain.length > 0) fail(where, { expected: 'an Input first', got: 'a later one' })
      this.#start(layer, where)
      return
    }
    const added = layerOf(layer, where)
    if (this.#names.has(added.name) && !this.#chain.includes(added)) {
      fail(where, {
        expected: 'layers of different names',
        got: `a second "${added.name}"`,
        remedy: 'Give one of them another name.',
      })
    }
    const isFirst = !this.#input
    const { inputShape, batchShape, batchSize } = added.config
    if (isFirst && this.#chain.length === 0) {
      // As in Keras, a model in front brings its input's shape.
      const [first, ...more] = added instanceof LayersModel && added.built ? added.inputs : []
      const shape = batchShape ?? (inputShape && [batchSize, ...inputShape]) ?? first?.shape
      if (shape && more.length === 0) this.#start(startOf(shape, added), where)
    } else if (inputShape ?? batchShape)
      console.warn(`${added.where}: its input shape is not used, since it is not the first layer.`)
    this.#chain.push(added)
    try {
      this.#extend(added)
      this.#names.add(added.name)
    } catch (error) {
      this.#chain.pop()
      if (isFirst) this.#input = null
      throw error
    }
  }

  /** Takes the last layer off. */
  pop(): void {
    const where = `${this.where}.pop`
    this.#checkUncalled(where)
    const last = this.#chain.pop()
    if (!last) fail(where, { expected: 'a layer', got: 'none' })
    if (!this.#chain.includes(last)) this.#names.delete(last.name)
    if (!this.#input) return
    this.#outputs.pop()
    if (this.#outputs.length > 0) this.#finish()
    else {
      this.core?.dispose()
      this.core = null
    }
  }

  /** Throws if the model was disposed, or is a layer of another, which knows its layers as they were when it was called. */
  #checkUncalled(where: string): void {
    this.checkInUse(where)
    if (this.nodes.length > 0) {
      fail(where, {
        expected: 'a model that was not called yet',
        got: 'a layer of others',
        remedy: 'Add all layers before it is called.',
      })
    }
  }

  /**
   * Settles the input shape, the batch in front, of a model that was given none, and makes the weights. Data may have other extents
   * later, as far as layers take them.
   */
  override build(inputShape: OpenShape): void {
    const where = `${this.where}.build`
    if (this.#input) {
      const { shape } = this.#input
      if (Array.isArray(inputShape) && shape.join() === inputShape.join()) return
      const expected = `${showShape(shape)}, the shape of the model's input`
      fail(where, { expected, got: describeValue(inputShape) })
    }
    this.#start(startOf(inputShape, this.#chain[0]), where)
    this.adapts = true
    try {
      this.#grow(() => {
        for (const layer of this.#chain) this.#extend(layer)
      })
    } catch (error) {
      // Other data may fit.
      this.#input = null
      this.#outputs = []
      this.core = null
      throw error
    }
  }

  protected override createWeights(inputShape: OpenShape): NoWeights {
    this.build(inputShape)
    return {}
  }

  #start(input: SymbolicTensor, where: string): void {
    if (this.#input) fail(where, { expected: 'one input', got: 'a second' })
    this.#input = input
  }

  #extend(layer: Layer): void {
    if (!this.#input) return
    const outputs = layer.connect([this.#outputs.at(-1) ?? this.#input], { scope: this.path || this.name })
    const [output] = outputs
    if (!output || outputs.length > 1) {
      fail(this.where, {
        expected: 'layers with one output',
        got: `${layer.where} with ${outputs.length}`,
        remedy: 'Use Model(inputs, outputs) for layers that return states.',
      })
    }
    this.#outputs.push(output)
    if (!this.#isGrowing) this.#finish()
  }

  /** Makes the graph once for all layers that are added meanwhile: making it for each would take time by the square of their number. */
  #grow(addAll: () => void): void {
    this.#isGrowing = true
    try {
      addAll()
    } finally {
      this.#isGrowing = false
    }
    this.#finish()
  }

  /** Makes the graph from the input to the last output, once both are known. */
  #finish(): void {
    const last = this.#outputs.at(-1)
    if (!this.#input || !last) return
    // Keras makes a functional model for it each time, which takes a name: the next Model is `functional_1`.
    autoName('Functional')
    this.setGraph([this.#input], [last])
  }

  /** @internal */
  override buildFrom(x: unknown, where: string): void {
    if (this.#input || this.#chain.length === 0) return
    const { shape } = (hosting.toData ?? toTensor)(x, where)
    this.build([null, ...shape.slice(1)])
  }
}

/** An input for the first layer: of integers or words, if that reads such. */
const startOf = (shape: OpenShape, first: Layer | undefined): SymbolicTensor =>
  inputLayer({ batchShape: shape, dtype: inputDtype(first) }).connect([])[0] as SymbolicTensor

/**
 * A model of layers in a row. The first one is given `inputShape`, or an {@link Input} comes first; otherwise the model
 * takes its input's shape from the first data it sees. A layer that stands in it several times is one, with one set of weights.
 *
 * @param layers May also be added one by one: `model.add(LSTM(5, { inputShape: [1, 1] }))`.
 * @see keras/src/models/sequential.py
 */
export const Sequential: Constructor<
  [layers?: readonly (Layer | SymbolicTensor)[] | null, options?: ModelOptions],
  Sequential
> = constructorOf(
  'Sequential',
  (layers, options) => {
    const list = layers ?? []
    if (!Array.isArray(list)) {
      fail('Sequential', {
        expected: 'a list of layers',
        got: describeValue(list),
        remedy: 'Write Sequential([Dense(1)]).',
      })
    }
    const given = readOptions('Sequential', modelOptions, options)
    return callable(new SequentialModel(list as readonly (Layer | SymbolicTensor)[], given))
  },
  () => failFromConfig('Sequential'),
)
export type Sequential = CallableModel<SequentialModel>
