// The base class of layers: options, weights, shapes of inputs and outputs, and the operations of a call. A call on symbolic
// tensors builds the functional graph.

import { fail } from '../errors.ts'
import type { Value } from '../graph/graph.ts'
import { computedOptions, type OptionTable, writeOptions } from '../util/options.ts'
import { checkSize, type OpenShape, showShape } from '../util/shape.ts'
import { AskedLayer } from './askedLayer.ts'
import {
  type CallRequest,
  LayerCall,
  type MaskedValue,
  type StepLowering,
  type WeightRecord,
} from './call.ts'
import { called } from './layerCall.ts'
import type { GivenOptions, LayerDefinition, LayerTable, WeightGroup, WeightSpec } from './layerDefinition.ts'
import { followMasks, type MaskAxes, maskAxesOf } from './masks.ts'
import type { RecurrentLayer } from './rnn/recurrentLayer.ts'
import {
  type LayerNode,
  type OwnOptions,
  oneOrAll,
  type SymbolicCall,
  SymbolicTensor,
  tensorsIn,
} from './symbolicTensor.ts'
import { hasRule } from './weights/weightRules.ts'

export type { GivenOptions, LayerDefinition, LayerTable, WeightGroup, WeightSpec }

/** How many calls there were of all layers: their order. */
let calls = 0

/** A layer. `Table` are its options, `Weights` what its `createWeights` returns and its `lower` receives. */
export abstract class Layer<
  Table extends LayerTable = LayerTable,
  Weights extends WeightRecord = WeightRecord,
> extends AskedLayer<Table> {
  /** @internal The path of the layer that this one is a part of, for layers that a call of that layer builds. */
  scope = ''
  #weights: Weights | null = null

  /** @internal The most positional arguments that are inputs of a call; with one, it may be a list. */
  get inputCount(): number {
    return 1
  }

  /** @internal Of an input that a file has under a key which is not its name: the key, under which its data come. */
  declare key?: string

  /** @internal Options of the layer's calls beside those of every layer (callable.ts). */
  get callOptions(): OptionTable {
    return {}
  }

  /** @internal A call's inputs and remaining options, from its positional arguments and its options. */
  readInputs(
    [input]: readonly unknown[],
    options: OwnOptions,
  ): readonly [inputs: unknown, options: OwnOptions] {
    return [input, options]
  }

  /** @internal Whether the layer computes by the masks of its inputs, so that calls may give some. */
  get takesMask(): boolean {
    return false
  }

  /** @internal The shapes of the inputs that the weights were made for. */
  builtShapes: readonly OpenShape[] = []

  /** @internal Whether the mask of the first input goes on to the first output, where `lower` does not say another. */
  get passesMask(): boolean {
    return false
  }

  /**
   * Whether a mask ends in the layer although its output still has time steps: as in Keras the layer says so. Since Keras 3.16
   * recurrent layers are among these, since a loss of whole sequences (CTC) has no weights for time steps.
   * @internal
   */
  get losesMask(): boolean {
    return !this.takesMask && !this.passesMask
  }

  /** @internal For the masks of the inputs those of the outputs; refuses masks that the layer cannot compute by. */
  outputMasks(masks: readonly number[], _inputs: readonly OpenShape[], _options?: OwnOptions): MaskAxes {
    return this.passesMask ? masks.slice(0, 1) : []
  }

  /** @internal Whether a call of the layer takes initial states. */
  get takesStates(): boolean {
    return false
  }

  /** @internal Loads code that steps need of few layers of a class. */
  load?(): Promise<void>

  /** @internal The names of the states that a call may start from, the output first. */
  get stateNames(): readonly string[] {
    return []
  }

  /** @internal The recurrence that the layer is: itself, or the only one of an RNN; null for other layers. */
  get recurrence(): RecurrentLayer | null {
    return null
  }

  /** @internal */
  override called(args: readonly unknown[]): unknown {
    return called(this, args)
  }

  /** @internal A call's result, from the tensors that it gives. */
  arranged(outputs: readonly unknown[]): unknown {
    return oneOrAll(outputs)
  }

  /** @internal */
  override get parts(): readonly Layer[] {
    return []
  }

  /** @internal */
  get children(): WeightGroup['children'] {
    return {}
  }

  /** @internal Whether the layer itself, apart from those inside it, adds to the loss of a step. */
  get addsOwnLosses(): boolean {
    return hasRule(this, /Regularizer$/i)
  }

  /** @internal The config as files store it. */
  get storedConfig(): Record<string, unknown> {
    return this.getConfig()
  }

  /** The layer's options as files store them, in Keras's words except that names are in camelCase. */
  getConfig(): Record<string, unknown> {
    return { ...writeOptions(this.definition.table, this.config), name: this.name, trainable: this.trainable }
  }

  /** @internal A new layer with the same options, except for changed ones, and with the settings that this one was made under. */
  clone(changes: GivenOptions): Layer {
    const { definition, given, config } = this
    return definition.create({ ...given, ...computedOptions(definition.table, config), ...changes })
  }

  /**
   * Checks input shapes and gives those of the outputs. `source` is the layer that the first input comes from, if known;
   * `options` are those of the call that the layer's class adds, `masks` the axes of the inputs' masks, for layers whose code runs on them.
   * @internal
   */
  abstract override outputShapes(
    inputs: readonly OpenShape[],
    source?: Layer,
    options?: OwnOptions,
    masks?: MaskAxes,
  ): readonly OpenShape[]

  /** @internal Makes the weights and states for inputs of these shapes. */
  protected abstract createWeights(...inputs: readonly OpenShape[]): Weights

  /** @internal The result of `createWeights`; null before. */
  get builtWeights(): Weights | null {
    return this.#weights
  }

  /** Whether the layer has its weights: it was called, or its model knows the shape of its input. */
  get built(): boolean {
    return this.builtWeights !== null
  }

  /**
   * Whether a sample's output depends on the other samples of the batch or on earlier calls: by moments of a batch, one draw for
   * all samples, or states. If not, and if this holds for no layer inside it, many small batches may go through the layer as one.
   * @internal
   */
  mixesSamples(_step: StepLowering, _training: boolean): boolean {
    return this.variables.some(({ kind }) => kind === 'state')
  }

  /** @internal Adds the operations of one call; returns the outputs, with masks where `passesMask` does not say which they are. */
  protected abstract lower(call: LayerCall<Weights>): readonly (Value | MaskedValue)[]

  /** @internal Makes one call of the layer a part of a step, with the penalty on its outputs. */
  lowerIn(step: StepLowering, request: CallRequest): readonly MaskedValue[] {
    const outputs = this.lowerCall(step, request)
    step.rules?.regularize(this, outputs)
    return outputs
  }

  /** @internal Makes one call of the layer a part of a step. */
  protected lowerCall(step: StepLowering, request: CallRequest): readonly MaskedValue[] {
    const call = this.callIn(step, request)
    return this.lower(call).map((output, i) =>
      'value' in output
        ? output
        : { value: output, mask: (i === 0 && this.passesMask && call.masks[0]) || null },
    )
  }

  /** @internal One call of the layer as a part of a step. */
  callIn(step: StepLowering, request: CallRequest): LayerCall<Weights> {
    return new LayerCall(this, step, this.builtWeights as Weights, request)
  }

  /** @internal Makes the weights, once. As in Keras they are fields by their names, with which calls of one's own compute. */
  override ensureBuilt(scope: string, inputs: readonly OpenShape[]): void {
    if (this.built) return
    const outer = scope || this.scope
    this.path = outer === '' ? this.name : `${outer}/${this.name}`
    this.#weights = this.createWeights(...inputs)
    for (const [name, weight] of Object.entries(this.#weights))
      if (!Array.isArray(weight)) Object.defineProperty(this, name, { value: weight })
    this.builtShapes = inputs
  }

  /** @internal Calls the layer on symbolic tensors. */
  connect(
    inputs: readonly SymbolicTensor[],
    { states = [], masks = [], options = {}, training = null, scope = '' }: SymbolicCall = {},
  ): readonly SymbolicTensor[] {
    const all = [...inputs, ...tensorsIn(options), ...states, ...masks.filter((mask) => mask !== null)]
    if (states.length > 0) this.checkStates(states.map(({ shape }) => shape))
    const shapes = inputs.map(({ shape }) => shape)
    const outputShapes = this.outputShapes(shapes, inputs[0]?.layer, options, maskAxesOf(inputs, masks))
    for (const shape of outputShapes) checkSize(this.where, 'an output', shape)
    this.ensureBuilt(scope, shapes)
    const axes = followMasks(
      this,
      shapes,
      inputs.map(({ maskAxes }) => maskAxes),
      masks,
      options,
    )
    return this.addNode(
      { inputs: all, states: states.length, options, masks, training },
      outputShapes.map((shape, i) => ({ shape, maskAxes: axes[i] })),
    )
  }

  /** @internal Adds a call of the layer. */
  addNode(
    node: Omit<LayerNode, 'outputs' | 'order'>,
    results: readonly Pick<SymbolicTensor, 'shape' | 'maskAxes'>[],
  ): readonly SymbolicTensor[] {
    const nodeIndex = this.nodes.length
    const outputs = results.map(
      ({ shape, maskAxes }, index) => new SymbolicTensor(shape, this, nodeIndex, index, maskAxes),
    )
    this.nodes.push({ ...node, outputs, order: calls++ })
    return outputs
  }

  /** @internal Checks initial states; layers that take initial states override it. */
  protected checkStates(states: readonly OpenShape[]): void {
    fail(this.where, { expected: 'no initialState', got: states.map(showShape).join(', ') })
  }

  /** @internal The only input, of at least `rank` axes. */
  protected single(inputs: readonly OpenShape[], rank: number, axes: string): OpenShape {
    const [shape] = inputs
    if (inputs.length !== 1 || shape === undefined || shape.length < rank) {
      fail(this.where, { expected: `input ${axes}`, got: inputs.map(showShape).join(' and ') || 'nothing' })
    }
    return shape
  }
}
