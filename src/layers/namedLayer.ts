// What a layer is apart from its calls: its class, its name, its options, its parts, and their variables and states.

import { checkBoolean } from '../errors.ts'
import { Generator } from '../util/generator.ts'
import { type Config, readOptions } from '../util/options.ts'
import { nextSeed } from '../util/seed.ts'
import { type Shape, sizeOf } from '../util/shape.ts'
import type { Tensor } from '../util/tensor.ts'
import { CallableObject } from './callableObject.ts'
import { currentPolicy, type DtypePolicy } from './dtypePolicy.ts'
import type { GivenOptions, LayerDefinition, LayerTable, WeightSpec } from './layerDefinition.ts'
import { autoName } from './naming.ts'
import { type GivenStates, type StateInfo, statesOf, writeStates } from './rnn/states.ts'
import { countValues, DrawnVariable, isWeight, type Variable } from './weights/variable.ts'
import { readValues } from './weights/variableValues.ts'
import { listWeights, type WeightInfo, writeWeights } from './weights/weightAccess.ts'
import { withParts } from './withParts.ts'

/** The part of a layer that its calls have nothing to do with. */
export abstract class NamedLayer<Table extends LayerTable = LayerTable> extends CallableObject {
  // Browsers' consoles show the first fields.
  /** Keras's name of the class, `LSTM`. */
  readonly className: string
  /** The layer's name in summaries, files and errors. */
  readonly name: string
  /** @internal The options as the user wrote them. */
  readonly given: GivenOptions
  /** Every option, checked, defaults filled in. */
  readonly config: Config<Table>
  /** @internal */
  readonly definition: LayerDefinition<Table>
  /** @internal */
  readonly variables: Variable[] = []
  /** The precision in which the layer computes. */
  readonly dtypePolicy: DtypePolicy
  /** The start of its weights' paths, `sequential/lstm`; empty until the layer is built. */
  path = ''
  #trainable: boolean

  constructor(definition: LayerDefinition<Table>, given: GivenOptions) {
    super()
    const { className } = definition
    this.definition = definition
    this.className = className
    this.given = given
    const where = typeof given.name === 'string' ? `${className} "${given.name}"` : className
    this.config = readOptions(where, definition.table, given)
    this.name = this.config.name ?? autoName(className)
    this.dtypePolicy = this.config.dtype ?? currentPolicy()
    this.#trainable = this.config.trainable
  }

  /** The type of the weights' numbers. */
  get variableDtype(): 'float32' {
    return 'float32'
  }

  /** The type of the weights' numbers, by Keras's other name. */
  get dtype(): 'float32' {
    return 'float32'
  }

  /** The type in which the layer computes: `'float16'` under the policy `mixed_float16`. */
  get computeDtype(): 'float32' | 'float16' {
    return this.dtypePolicy === 'float32' ? 'float32' : 'float16'
  }

  /** @internal The name of the class in files, by which Keras exports it. */
  get publicName(): string {
    return this.className
  }

  /** @internal The module in which Keras has the class, as files name it. */
  get module(): string {
    return 'keras.layers'
  }

  /** @internal `LSTM "encoder"`: how errors name the layer. */
  get where(): string {
    return `${this.className} "${this.name}"`
  }

  override toString(): string {
    return this.where
  }

  /** @internal Layers inside this one. */
  abstract get parts(): readonly NamedLayer[]

  /** Whether training changes the layer's weights; a change takes effect with the next `compile`. */
  get trainable(): boolean {
    return this.#trainable
  }

  set trainable(value: boolean) {
    checkBoolean(this.where, 'trainable', value)
    for (const layer of withParts<NamedLayer>([this])) layer.#trainable = value
  }

  /** @internal The variables of the layer and of its parts, in Keras's order; each once, although parts may share layers. */
  get allVariables(): readonly Variable[] {
    return [...new Set(withParts<NamedLayer>([this]).flatMap(({ variables }) => variables))]
  }

  /** @internal The weights that an optimizer may change, as the flags stand: none of a layer that is not trainable. */
  get trainableVariables(): readonly Variable[] {
    const layers = withParts<NamedLayer>([this], ({ trainable }) => trainable)
    return [...new Set(layers.flatMap(({ variables }) => variables.filter(({ kind }) => kind === 'weight')))]
  }

  /** @internal The variables that are listed and stored as weights. */
  get weightVariables(): readonly Variable[] {
    return this.allVariables.filter(isWeight)
  }

  /** The weights, those of layers inside among them, in Keras's order: paths, shapes, whether they learn. A layer that is not built has none. */
  get weights(): readonly WeightInfo[] {
    return listWeights(this.weightVariables, this.trainableVariables)
  }

  /** Weights that training changes, with their names and shapes. */
  get trainableWeights(): readonly WeightInfo[] {
    return this.weights.filter(({ trainable }) => trainable)
  }

  /** Weights that training leaves as they are, with their names and shapes. */
  get nonTrainableWeights(): readonly WeightInfo[] {
    return this.weights.filter(({ trainable }) => !trainable)
  }

  /** The values of all weights, in the order of `weights`. */
  async getWeights(): Promise<Tensor[]> {
    return readValues(this.weightVariables)
  }

  /**
   * Sets all weights, in the order of `weights`.
   *
   * @throws {RecurraError} if there are more or fewer, or one has another shape; then none is set.
   */
  setWeights(values: readonly unknown[]): void {
    writeWeights(`${this.where}.setWeights`, this.weightVariables, values)
  }

  /** The number of weights' values. */
  countParams(): number {
    return countValues(this.weightVariables)
  }

  /** @internal Adds a weight, which its initializer draws from a separate seed. */
  protected addWeight(spec: WeightSpec): Variable {
    return this.#addDrawn('weight', spec)
  }

  /** @internal Adds a weight that training changes, but no optimizer. */
  protected addStatistic(spec: WeightSpec): Variable {
    return this.#addDrawn('statistic', spec)
  }

  #addDrawn(kind: DrawnVariable['kind'], { name, shape, initializer }: WeightSpec): Variable {
    initializer.check(shape)
    const seed = nextSeed()
    return this.#add(kind, name, shape, () => initializer(shape, new Generator(seed)))
  }

  /** @internal Adds a state of zeros that persists between batches. */
  protected addState(name: string, shape: Shape): Variable {
    return this.#add('state', name, shape, () => new Float32Array(sizeOf(shape)))
  }

  /** @internal Adds numbers that nothing changes; `data` is asked for when they are needed. */
  protected addConstant(name: string, values: Pick<Tensor, 'data' | 'shape'>): Variable {
    return this.#add('constant', name, values.shape, () => values.data)
  }

  #add(kind: DrawnVariable['kind'], name: string, shape: Shape, draw: () => Float32Array): Variable {
    const variable = new DrawnVariable(`${this.path}/${name}`, shape, kind, draw)
    this.variables.push(variable)
    return variable
  }

  /** The states that the layer keeps from batch to batch, of its parts too; none where nothing in it is `stateful`. */
  get states(): readonly StateInfo[] {
    return statesOf(this.allVariables).map(({ path, shape }) => ({ path, shape }))
  }

  /** The values of `states`, in their order. */
  async getStates(): Promise<Tensor[]> {
    return readValues(statesOf(this.allVariables))
  }

  /**
   * Zeroes the states, or sets them.
   *
   * @param states One for each of `states`, in their order: `[h, c]` for LSTM.
   * @throws {RecurraError} if there are more or fewer, or one has another shape; then none is set.
   */
  resetStates(states?: GivenStates): void {
    writeStates(`${this.where}.resetStates`, statesOf(this.allVariables), states)
  }
}
