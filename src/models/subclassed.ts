// Models of the user's own: classes with layers in fields and a method `call`, which is traced as that of a layer is.

import { fail } from '../errors.ts'
import type { NoWeights } from '../layers/call.ts'
import type { CallableLayer } from '../layers/callable.ts'
import { classNameOf, type LoadableClass } from '../layers/classNames.ts'
import { groupsOfFields, layersInFields } from '../layers/fieldLayers.ts'
import type { Reading } from '../layers/integers.ts'
import type { GivenOptions, Layer, WeightGroup } from '../layers/layer.ts'
import { type Arranged, argumentsOf, namesIn, type Structure } from '../layers/own/arrangement.ts'
import type { CustomLayer } from '../layers/own/customLayer.ts'
import { hosting } from '../layers/own/hosting.ts'
import { definitionOf } from '../layers/own/ownCode.ts'
import { flatInputs, markNamedInputs, structureOf } from '../layers/own/tracedCall.ts'
import { type CallResult, move } from '../layers/own/tracedLayer.ts'
import { isHostLayer } from '../layers/preprocessing/hostStage.ts'
import type { OwnOptions, SymbolicTensor } from '../layers/symbolicTensor.ts'
import { isWeight, type Variable } from '../layers/weights/variable.ts'
import { withParts } from '../layers/withParts.ts'
import { type OpenShape, showShape } from '../util/shape.ts'
import { Caller } from './caller.ts'
import type { ModelCore } from './core.ts'
import { inputsInOrder } from './functional.ts'
import { readShapes, shapesOfData } from './inputShapes.ts'
import { OwnGraphModel, readOwnArguments } from './ownGraphModel.ts'
import { printSummary, type SummaryOptions } from './summarize.ts'
import { refuseUncalledMethods } from './uncalledMethods.ts'

/** The base class of models of the user's own; `Model` as it is extended. */
export class SubclassedModel extends OwnGraphModel {
  /** @internal */
  override readonly caller: Caller
  /** @internal */
  readonly adapts = true
  /** How the call that settles the inputs gives them. */
  #structure: Structure | null = null
  /** Whether weights were made before the model was told where it is. */
  #awaitsPath = false
  /** @internal */
  override inputStructure: Structure = []

  /** Makes a model of what `getConfig` returned; by default `new Class(config)`. */
  static fromConfig(this: new (config: never) => object, config: object): SubclassedModel {
    return new this(config as never) as SubclassedModel
  }

  /** @param args Inputs and outputs where the class has no method `call`; options: name, `trainable`, `dtype`. */
  constructor(...args: readonly unknown[]) {
    const className = classNameOf(new.target)
    const { ends, options } = readOwnArguments(className, args)
    refuseUncalledMethods(className, new.target.prototype)
    super(definitionOf(new.target as unknown as LoadableClass), options, ends)
    this.caller = new Caller(this, this.computeMask !== SubclassedModel.prototype.computeMask)
    this.settleGraph(this.#hasCall)
  }

  /** @internal */ override get module(): string {
    return ''
  }

  /** @internal */ override get parts(): readonly Layer[] {
    return this.isFunctional ? super.parts : layersInFields(this)
  }

  /** @internal */ override get children(): WeightGroup['children'] {
    return this.isFunctional ? super.children : groupsOfFields(this)
  }

  override get layers(): readonly CallableLayer[] {
    return Object.freeze([...(this.parts as readonly CallableLayer[])])
  }

  /** @internal */ override get graph(): ModelCore {
    if (this.core !== null) return super.graph
    return fail(this.where, {
      expected: 'a model that knows the shapes of its inputs',
      got: 'one that was not called yet',
      remedy: 'Call model.build([null, timesteps, features]), or fit or predict with data, first.',
    })
  }

  /** Whether masks of inputs go on to outputs, as `computeMask` says; by default where the class has one. */
  get supportsMasking(): boolean {
    return this.caller.supportsMasking
  }

  set supportsMasking(value: boolean) {
    this.caller.supportsMasking = value
  }

  /** @internal */ override get inputCount(): number {
    return this.isFunctional ? super.inputCount : Number.POSITIVE_INFINITY
  }

  /** @internal */ override called(args: readonly unknown[]): unknown {
    return super.called(this.isFunctional ? inputsInOrder(this, args) : markNamedInputs(args))
  }

  /** @internal */ override readInputs(args: readonly unknown[], options: OwnOptions) {
    return this.isFunctional ? super.readInputs(args, options) : flatInputs(args, options)
  }

  /** @internal The arguments by place of a call: tensors, lists and objects of them. */
  placedInputs(inputs: readonly SymbolicTensor[], options: OwnOptions): readonly unknown[] {
    return argumentsOf(inputs, structureOf(options, inputs.length))
  }

  /** @internal How an input is read, once shapes are settled. */
  override readingOf(index: number): Reading {
    return this.isFunctional ? super.readingOf(index) : this.caller.readingOf(index)
  }

  /** @internal */ override arranged(outputs: readonly unknown[]): unknown {
    return this.isFunctional ? super.arranged(outputs) : this.caller.arranged(outputs)
  }

  /**
   * Hook: the outputs for the inputs, in `ops` and calls of layers that are fields: a symbolic tensor, a list of them, or an object by
   * name. Inputs come as data are given: a tensor, a list, or an object. The last argument holds `training` and `mask`. It runs for
   * each kind and batch size of a step, not in the step.
   */
  call(...args: readonly never[]): CallResult {
    // A class whose steps are all that it computes has no outputs: its inputs stand in their place.
    const [inputs] = args
    if (this.ownHooks.includes('trainStep') && inputs) return inputs
    return fail(this.where, {
      expected: `the class ${this.className} to have a method call`,
      got: 'none',
      remedy: 'Write call(x, { training, mask }) { return this.output(this.hidden(x)) }, say.',
    })
  }

  /** @internal Of a class without a call, whose methods others call, those of its layers. */
  override get weightVariables(): readonly Variable[] {
    return this.core || this.hasOutputs ? super.weightVariables : this.allVariables.filter(isWeight)
  }

  get #hasCall(): boolean {
    return this.call !== SubclassedModel.prototype.call
  }

  /** @internal Whether the class says what its outputs are, or was given them. */
  override get hasOutputs(): boolean {
    return this.isFunctional || this.#hasCall
  }

  /** Hook: the mask of the output, for a model that others call. */
  override computeMask(
    ...[, mask]: Parameters<CustomLayer['computeMask']>
  ): ReturnType<CustomLayer['computeMask']> {
    return mask
  }

  /**
   * Settles the shapes of the inputs, as the first data do otherwise, and makes the weights. Data may have other extents later, as far
   * as layers take them. A class may make layers in a `build` of its own.
   *
   * @param inputShape The shape with the batch in front, which is null where it is open: `[null, timesteps, features]`; a list or an
   * object of such for a model that is called on a list or an object.
   */
  override build(inputShape: Arranged<OpenShape> | readonly Arranged<OpenShape>[]): void {
    const { shapes, arrangement } = readShapes(inputShape, `${this.where}.build`)
    if (this.core) {
      const known = this.inputs.map(({ shape }) => shape)
      if (known.join('|') === shapes.join('|')) return
      const [expected, got] = [known, shapes].map((list) => list.map(showShape).join(' and '))
      fail(`${this.where}.build`, {
        expected: `${expected}, the shapes of the model's inputs`,
        got: `${got}`,
      })
    }
    this.#settle(shapes, this.#structure ?? [arrangement])
  }

  #settle(shapes: readonly OpenShape[], structure: Structure): void {
    const { caller } = this
    caller.scope = this.scope
    const { inputs, outputs } = caller.start(shapes, structure)
    this.path = caller.path
    this.builtShapes = shapes
    this.inputStructure = structure
    const { arrangement } = caller
    const names = namesIn(arrangement)
    const outputNames =
      arrangement === null ? [this.name] : (names ?? outputs.map((_, i) => `output_${i + 1}`))
    this.setGraph(inputs, outputs, outputNames)
    if (!this.trainable) this.trainable = false
  }

  /** Refuses words: layers that compute on the host may be in fields, but a `call` is the device's. */
  #checkNumbers(x: unknown): void {
    const hosted = hosting.isText?.(x) && withParts<Layer>([this]).find(isHostLayer)
    if (hosted) {
      fail(this.where, {
        expected: 'layers that compute on the device',
        got: `${hosted.where}, which computes on the host`,
        remedy: 'Put it in front: Sequential([TextVectorization(…), model]).',
      })
    }
  }

  /** Runs the hook `build`, and settles what it leaves open. */
  #ensureSettled(shapes: readonly OpenShape[], structure: Structure): void {
    if (this.core) return
    this.#structure = structure
    try {
      const given = argumentsOf(shapes, structure)
      this.build(given.length === 1 ? (given[0] as Arranged<OpenShape>) : given)
      if (!this.core) this.#settle(shapes, structure)
    } finally {
      this.#structure = null
    }
  }

  /** @internal */ override buildFrom(x: unknown, where: string): void {
    if (this.core) return
    this.#checkNumbers(x)
    const { shapes, arrangement } = shapesOfData(x, where)
    this.#ensureSettled(shapes, [arrangement])
  }

  /** @internal */ override connect(
    ...[inputs, call = {}]: Parameters<Layer['connect']>
  ): readonly SymbolicTensor[] {
    const shapes = inputs.map(({ shape }) => shape)
    this.#buildAt(call.scope ?? '', shapes, structureOf(call.options ?? {}, inputs.length))
    return super.connect(inputs, call)
  }

  /** @internal */ override ensureBuilt(scope: string, inputs: readonly OpenShape[]): void {
    this.#buildAt(scope, inputs, structureOf({}, inputs.length))
  }

  #buildAt(scope: string, inputs: readonly OpenShape[], structure: Structure): void {
    if (scope !== '' && this.#awaitsPath) move(this, this.path, `${scope}/${this.name}`)
    if (scope !== '') this.scope = scope
    this.#ensureSettled(inputs, structure)
    this.#awaitsPath = false
  }

  /** @internal */ override outputShapes(
    ...[inputs, , options]: Parameters<Layer['outputShapes']>
  ): readonly OpenShape[] {
    // A layer around this one asks for shapes before it says where it is.
    const isFirst = this.core === null
    this.#ensureSettled(inputs, structureOf(options ?? {}, inputs.length))
    this.#awaitsPath ||= isFirst
    return super.outputShapes(inputs)
  }

  protected override createWeights(): NoWeights {
    return {}
  }

  /** @internal */ override clone(changes: GivenOptions): Layer {
    if (this.isFunctional) return super.clone(changes)
    const { name: _, ...config } = this.storedConfig
    return this.definition.create({ ...config, ...changes })
  }

  /** Prints Keras 3's table of the layers in the model's fields. */
  override summary(options: SummaryOptions = {}): void {
    if (this.isFunctional) {
      super.summary(options)
      return
    }
    const { where, optimizer } = this.graph
    const topology = { layers: this.parts, calls: [], isChain: true }
    const whole = { inputs: [], outputs: [], topology }
    printSummary({ where, optimizer, topology, whole }, this, options)
  }

  /** @internal The shapes for which it was built, as files keep them. */
  override get buildShape(): Arranged<OpenShape> | null {
    return argumentsOf(this.builtShapes, this.inputStructure)[0] ?? null
  }

  /** @internal Builds the model for the shapes in a file, whose batches may be those of its data. */
  override buildFromFile(shape: unknown): void {
    const { shapes, arrangement } = readShapes(shape, this.where)
    const isStateful = withParts<Layer>([this]).some(({ given }) => given.stateful === true)
    const open = isStateful ? shapes : shapes.map(([, ...sample]): OpenShape => [null, ...sample])
    this.#ensureSettled(open, [arrangement])
  }

  // A getConfig that says the class's own options alone is whole.
  /** @internal */ override get storedConfig(): Record<string, unknown> {
    const policy = this.isFunctional ? {} : { dtype: this.dtypePolicy }
    return { ...SubclassedModel.prototype.getConfig.call(this), ...policy, ...this.getConfig() }
  }
}
