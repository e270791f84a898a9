// What a model is, trained or not: a graph of layers with weights.

import { checkBoolean, describeValue, fail } from '../errors.ts'
import { currentPolicy, type DtypePolicy } from '../layers/dtypePolicy.ts'
import type { Layer } from '../layers/layer.ts'
import { autoName } from '../layers/naming.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import type { Variable } from '../layers/variable.ts'
import { sizeOf } from '../util/shape.ts'
import type { Tensor } from '../util/tensor.ts'
import type { ModelCore } from './core.ts'
import { type PlanOptions, type PlanReport, reportPlan } from './report.ts'
import { printSummary, type SummaryOptions } from './summarize.ts'
import {
  listWeights,
  readWeights,
  restoreVariables,
  type WeightInfo,
  writeWeights,
  zeroStates,
} from './weights.ts'

export class GraphModel {
  readonly name: string
  readonly className: 'Sequential' | 'Functional'
  /** That in force when it was made: whether `compile` scales its loss. */
  readonly dtypePolicy: DtypePolicy = currentPolicy()
  protected core: ModelCore | null = null

  constructor(className: 'Sequential' | 'Functional', name: string | undefined) {
    this.className = className
    this.name = name ?? autoName(className)
  }

  /** `Model "sequential"`: how errors name the model. */
  get where(): string {
    return `Model "${this.name}"`
  }

  /** The graph; throws where a Sequential does not know its input yet. */
  protected get built(): ModelCore {
    if (this.core === null) {
      return fail(this.where, {
        expected: 'a model with layers and a known input shape',
        got: 'one without',
        remedy: 'Give inputShape to the first layer, or start with an Input.',
      })
    }
    this.core.check()
    return this.core
  }

  get layers(): readonly Layer[] {
    return this.built.topology.layers
  }

  /** The layer of a name, or at an index. */
  getLayer(nameOrIndex: string | number): Layer {
    this.core?.check()
    const { layers } = this
    const found =
      typeof nameOrIndex === 'number'
        ? Number.isInteger(nameOrIndex) && layers.at(nameOrIndex)
        : layers.find(({ name }) => name === nameOrIndex)
    if (found) return found
    return fail(`${this.where}.getLayer`, {
      expected: `one of ${layers.map(({ name }) => name).join(', ')}`,
      got: describeValue(nameOrIndex),
    })
  }

  get inputs(): readonly SymbolicTensor[] {
    return this.built.inputs
  }

  get outputs(): readonly SymbolicTensor[] {
    return this.built.outputs
  }

  /** Whether training changes its weights. Set, it sets every layer's flag; takes effect with the next `compile`. */
  get trainable(): boolean {
    return this.#trainable
  }

  set trainable(value: boolean) {
    const checked = checkBoolean(this.where, 'trainable', value)
    this.#trainable = checked
    for (const layer of this.layers) layer.trainable = checked
  }
  #trainable = true

  /** What the next `compile` would train. */
  protected get trainableVariables(): ReadonlySet<Variable> {
    return new Set(this.#trainable ? this.layers.flatMap((layer) => layer.trainableVariables) : [])
  }

  /** The weights in Keras's order: paths, shapes, whether they learn. */
  get weights(): readonly WeightInfo[] {
    return listWeights(this.built, this.trainableVariables)
  }

  get trainableWeights(): readonly WeightInfo[] {
    return this.weights.filter(({ trainable }) => trainable)
  }

  get nonTrainableWeights(): readonly WeightInfo[] {
    return this.weights.filter(({ trainable }) => !trainable)
  }

  /** The values of all weights, in the order of `weights`. */
  async getWeights(): Promise<Tensor[]> {
    return readWeights(this.built)
  }

  /**
   * Sets all weights, in the order of `weights`.
   *
   * @throws {RecurraError} if there are more or fewer, or one has another shape; then none is set.
   */
  setWeights(values: readonly unknown[]): void {
    writeWeights(this.built, values, `${this.where}.setWeights`)
  }

  /**
   * After a device was lost: goes on from the weights, states and optimizer state that were read back last. Until then calls
   * fail where newer ones were lost; what a finished call leaves on a device is read back in the background, so that this is
   * rare. Without effect where nothing was lost.
   *
   * @returns The training step that the weights are of, as `optimizer.iterations` then counts.
   */
  restoreWeights(): number {
    return restoreVariables(this.built) ?? this.built.optimizer?.iterations ?? 0
  }

  /** Zeroes the states of stateful layers. */
  resetStates(...states: readonly never[]): void {
    if (states.length > 0) {
      fail(`${this.where}.resetStates`, {
        expected: 'no states (to set them is not supported yet)',
        got: describeValue(states[0]),
        remedy: 'Call a layer with { initialState } to start from states that you give.',
      })
    }
    zeroStates(this.built)
  }

  /** The number of weights' values. */
  countParams(): number {
    return this.built.weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  }

  /** Prints Keras 3's table; `printFn` takes the text, the console by default. */
  summary(options: SummaryOptions = {}): void {
    printSummary(this.built, this, this.trainableVariables, options)
  }

  /**
   * What one step costs before it runs: launches, memory by purpose, FLOPs, and the kernels in order. It is the plan that runs
   * on the backend in use.
   */
  plan(options: PlanOptions = {}): PlanReport {
    return reportPlan(this.built, options)
  }

  /** Frees the model's memory on the device. Using the model afterwards is an error. */
  dispose(): void {
    this.core?.dispose()
  }
}
