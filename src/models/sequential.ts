// A chain of layers, each on the output of the one before it.

import { describeValue, fail } from '../errors.ts'
import { layerOf } from '../layers/callable.ts'
import { InputLayer, inputLayer } from '../layers/input.ts'
import { Layer } from '../layers/layer.ts'
import { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { readOptions } from '../util/options.ts'
import { type OpenShape, showShape } from '../util/shape.ts'
import { toTensor } from '../util/tensor.ts'
import { LayersModel, type ModelOptions, modelOptions } from './model.ts'

export class SequentialModel extends LayersModel {
  #chain: Layer[] = []
  #input: SymbolicTensor | null = null
  /** What each layer of the chain returned. A layer that is shared was called elsewhere too. */
  #outputs: SymbolicTensor[] = []

  constructor(layers: readonly (Layer | SymbolicTensor)[], name: string | undefined) {
    super('Sequential', name)
    for (const layer of layers) this.add(layer)
  }

  override get layers(): readonly Layer[] {
    return this.#chain
  }

  /** Puts a layer, or an Input, at the end. */
  add(layer: Layer | SymbolicTensor): void {
    const where = `${this.where}.add`
    this.core?.check(where)
    if (layer instanceof SymbolicTensor) {
      if (!(layer.layer instanceof InputLayer))
        fail(where, { expected: 'a layer or an Input', got: describeValue(layer) })
      this.#start(layer, where)
      return
    }
    const added = layerOf(layer, where)
    if (this.#chain.some(({ name }) => name === added.name)) {
      fail(where, {
        expected: 'layers of different names',
        got: `a second "${added.name}"`,
        remedy: 'Give one of them another name.',
      })
    }
    const isFirst = this.#input === null
    if (isFirst && this.#chain.length === 0) {
      const { inputShape, batchShape, batchSize } = added.config
      const shape = batchShape ?? (inputShape && [batchSize, ...inputShape])
      if (shape) this.#start(startOf(shape), where)
    }
    this.#chain.push(added)
    try {
      this.#extend(added)
    } catch (error) {
      this.#chain.pop()
      if (isFirst) this.#input = null
      throw error
    }
  }

  /** Takes the last layer off. */
  pop(): void {
    this.core?.check(`${this.where}.pop`)
    if (this.#chain.length === 0) fail(`${this.where}.pop`, { expected: 'a layer to take off', got: 'none' })
    this.#chain.pop()
    if (this.#input === null) return
    this.#outputs.pop()
    const last = this.#outputs.at(-1)
    if (last) {
      this.setGraph([this.#input], [last])
    } else {
      this.core?.dispose()
      this.core = null
    }
  }

  /** Settles the input shape (with the batch in front) of a model that was given none. */
  build(inputShape: OpenShape): void {
    const where = `${this.where}.build`
    if (this.#input !== null) {
      const { shape } = this.#input
      if (Array.isArray(inputShape) && shape.join() === inputShape.join()) return
      const expected = `${showShape(shape)}, the shape of the model's input`
      fail(where, { expected, got: describeValue(inputShape) })
    }
    this.#start(startOf(inputShape), where)
    try {
      for (const layer of this.#chain) this.#extend(layer)
    } catch (error) {
      // Other data may fit.
      this.#input = null
      this.#outputs = []
      this.core = null
      throw error
    }
  }

  #start(input: SymbolicTensor, where: string): void {
    if (this.#input !== null) fail(where, { expected: 'one input', got: 'a second' })
    if (input.shape.slice(1).includes(null)) {
      fail(where, {
        expected: 'known extents beside the batch',
        got: showShape(input.shape),
        remedy: 'Give inputShape every extent.',
      })
    }
    this.#input = input
  }

  #extend(layer: Layer): void {
    if (this.#input === null) return
    const outputs = layer.connect([this.#outputs.at(-1) ?? this.#input], { scope: this.name })
    const [output] = outputs
    if (outputs.length !== 1 || !output) {
      fail(this.where, {
        expected: 'layers with one output',
        got: `${layer.where} with ${outputs.length}`,
        remedy: 'Use Model(inputs, outputs) for layers that return states.',
      })
    }
    this.#outputs.push(output)
    this.setGraph([this.#input], [output])
  }

  protected override buildFrom(x: unknown, where: string): void {
    if (this.#input !== null || this.#chain.length === 0) return
    const { shape } = toTensor(x, where)
    this.build([null, ...shape.slice(1)])
  }
}

const startOf = (shape: OpenShape): SymbolicTensor =>
  inputLayer({ batchShape: shape }).connect([])[0] as SymbolicTensor

/**
 * A model of layers in a row. The first one is given `inputShape`, or an {@link Input} comes first; otherwise the model
 * takes its input's shape from the first data it sees.
 *
 * @param layers May also be added one by one: `model.add(LSTM(5, { inputShape: [1, 1] }))`.
 * @see keras/src/models/sequential.py
 */
export function Sequential(
  layers?: readonly (Layer | SymbolicTensor)[] | null,
  options?: ModelOptions,
): SequentialModel {
  const where = 'Sequential'
  const list = layers ?? []
  if (!Array.isArray(list)) {
    fail(where, {
      expected: 'a list of layers',
      got: list instanceof Layer ? list.where : describeValue(list),
      remedy: 'Write Sequential([LSTM(8), Dense(1)]).',
    })
  }
  const { name } = readOptions(where, modelOptions, options)
  return new SequentialModel(list as readonly (Layer | SymbolicTensor)[], name ?? undefined)
}
