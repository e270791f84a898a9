// What a model is, trained or not: a graph of layers with weights, and a layer itself.

import { describeValue, fail } from '../errors.ts'
import type { LayerCall, MaskedValue, NoWeights } from '../layers/call.ts'
import { type CallableLayer, callable } from '../layers/callable.ts'
import { type Reading, readingOf } from '../layers/integers.ts'
import { Layer, type LayerDefinition, type WeightGroup } from '../layers/layer.ts'
import { lowerGraph, masksThrough, shapesThrough } from '../layers/layerGraph.ts'
import type { MaskAxes } from '../layers/masks.ts'
import { layerOptions } from '../layers/options.ts'
import type { GivenStates } from '../layers/rnn/states.ts'
import { oneOrAll, type SymbolicTensor } from '../layers/symbolicTensor.ts'
import { isWeight, type Variable } from '../layers/weights/variable.ts'
import { restoreHomes } from '../layers/weights/weightAccess.ts'
import { isOptions } from '../util/options.ts'
import type { OpenShape } from '../util/shape.ts'
import type { Tensor } from '../util/tensor.ts'
import { checkInUse, endCalls, type ModelCore } from './core.ts'
import { type PlanOptions, type PlanReport, reportPlan } from './planReport.ts'
import { printSummary, type SummaryOptions } from './summarize.ts'

/** A class of models; options alone do not make one, which needs layers. */
export const modelClass = (className: string): LayerDefinition<typeof layerOptions> => ({
  className,
  table: layerOptions,
  create: () => fail(className, { expected: 'to be made of layers', got: 'options alone' }),
})

export abstract class GraphModel extends Layer<typeof layerOptions, NoWeights> {
  protected core: ModelCore | null = null
  /** Aborted when the model is disposed, which ends calls that run. */
  /** @internal */
  readonly disposal = new AbortController()

  /** `Model "sequential"`: how errors name the model. */
  override get where(): string {
    return `Model "${this.name}"`
  }

  /** @internal The graph; throws where a Sequential does not know its input yet. */
  get graph(): ModelCore {
    this.checkInUse()
    if (this.core === null) {
      return fail(this.where, {
        expected: 'a model with layers and a known input shape',
        got: 'one without',
        remedy: 'Give inputShape to the first layer, or start with an Input.',
      })
    }
    return this.core
  }

  /** @internal Loads what the model's next call would load first; a model without a graph yet has nothing to load. */
  async loadCode(): Promise<void> {
    await this.core?.load()
  }

  /** Throws if the model was disposed. */
  protected checkInUse(where = this.where): void {
    checkInUse(this.disposal, where)
  }

  /** @internal */
  override get parts(): readonly Layer[] {
    return this.core?.topology.layers ?? []
  }

  /** @internal */
  override get children(): WeightGroup['children'] {
    return { layers: { variables: [], children: this.parts } }
  }

  /** @internal */
  override get builtWeights(): NoWeights | null {
    return this.core && {}
  }

  /** @internal */
  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    return shapesThrough(this.graph, this.where, inputs)
  }

  /** @internal How an input is read. */
  readingOf(index: number): Reading {
    const input = this.graph.inputs[index]
    return input ? readingOf(this.graph, input) : 'floats'
  }

  /** Masks go through a model as through its layers. */
  override get takesMask(): boolean {
    return true
  }

  /** @internal */
  override outputMasks(masks: readonly number[]): MaskAxes {
    return masksThrough(this.graph, masks)
  }

  protected override lower({ inputs, masks, step, training }: LayerCall<NoWeights>): readonly MaskedValue[] {
    const given = inputs.map((value, i) => ({ value, mask: masks[i] ?? null }))
    return lowerGraph(this.graph, step, given, training)
  }

  /** The layers, in Keras's order; each can be called. A model among them is one layer. */
  get layers(): readonly CallableLayer[] {
    return Object.freeze([...(this.graph.topology.layers as readonly CallableLayer[])])
  }

  /**
   * The layer of a name, or at an index: `getLayer('lstm')`, `getLayer(0)`, or by Keras's keywords, `getLayer({ name: 'lstm' })`,
   * `getLayer({ index: 0 })`. It can be called; `getLayer<SymbolicTensor[]>` is one with several outputs.
   */
  getLayer<Output = SymbolicTensor>(
    given: string | number | { readonly name?: string; readonly index?: number },
  ): CallableLayer<Output> {
    this.checkInUse()
    const { parts: layers } = this
    const nameOrIndex: unknown = isOptions(given) ? (given.name ?? given.index) : given
    const found =
      typeof nameOrIndex === 'number'
        ? Number.isInteger(nameOrIndex) && layers.at(nameOrIndex)
        : layers.find(({ name }) => name === nameOrIndex)
    if (found) return callable<CallableLayer<Output>>(found)
    return fail(`${this.where}.getLayer`, {
      expected: `one of ${layers.map(({ name }) => name).join(', ')}`,
      got: describeValue(given),
    })
  }

  /** Its inputs, symbolic tensors. */
  get inputs(): readonly SymbolicTensor[] {
    return Object.freeze(this.graph.whole.inputs)
  }

  /** Its outputs, symbolic tensors. */
  get outputs(): readonly SymbolicTensor[] {
    return Object.freeze(this.graph.outputs)
  }

  /** The shape of the input, or of several a list, the batch in front. */
  get inputShape(): OpenShape | readonly OpenShape[] {
    return oneOrAll(this.inputs.map(({ shape }) => shape))
  }

  /** The shape of the output, or of several a list, the batch in front. */
  get outputShape(): OpenShape | readonly OpenShape[] {
    return oneOrAll(this.outputs.map(({ shape }) => shape))
  }

  override get input(): SymbolicTensor | readonly SymbolicTensor[] {
    return oneOrAll(this.inputs)
  }

  override get output(): SymbolicTensor | readonly SymbolicTensor[] {
    return oneOrAll(this.outputs)
  }

  /** @internal Throws where a Sequential does not know its input yet. */
  override get weightVariables(): readonly Variable[] {
    return this.graph.variables.filter(isWeight)
  }

  override async getStates(): Promise<Tensor[]> {
    this.checkInUse()
    return super.getStates()
  }

  override resetStates(states?: GivenStates): void {
    this.checkInUse()
    super.resetStates(states)
  }

  /**
   * After a device was lost: goes on from the weights, states and optimizer state that were read back last. Until then calls
   * fail where newer ones were lost; what a finished call leaves on a device is read back in the background, so that this is
   * rare. Without effect where nothing was lost.
   *
   * @returns The training step that the weights are of, which the optimizer then counts on from.
   */
  restoreWeights(): number {
    const { variables, optimizer } = this.graph
    return restoreHomes([...variables, ...(optimizer?.variables ?? [])]) ?? optimizer?.steps ?? 0
  }

  /** Prints Keras 3's table; `printFn` takes the text, the console by default. */
  summary(options: SummaryOptions = {}): void {
    printSummary(this.graph, this, options)
  }

  /**
   * What one step costs before it runs: launches, memory by purpose, FLOPs, and the kernels in order. It is the plan that runs
   * on the backend in use.
   */
  plan(options: PlanOptions = {}): PlanReport {
    return reportPlan(this.graph, options)
  }

  /**
   * Frees the model's memory on the device. Calls that run, and those that wait for them, end with an AbortError at once. Using the model
   * afterwards is an error.
   */
  dispose(): void {
    endCalls(this.disposal, this.where)
    this.core?.dispose()
  }
}
