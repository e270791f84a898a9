// What a layer is: options, weights, shapes in and out, and how it becomes operations. Calling one on symbolic tensors
// wires the functional graph.

import { checkBoolean, fail } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import { currentPolicy, type DtypePolicy } from '../training/dtypePolicy.ts'
import { Generator } from '../util/generator.ts'
import { type Config, type OptionTable, readOptions } from '../util/options.ts'
import { nextSeed } from '../util/seed.ts'
import { checkSize, type OpenShape, type Shape, showShape } from '../util/shape.ts'
import type { Directed } from './directed.ts'
import type { Initializer } from './initializers.ts'
import { autoName } from './naming.ts'
import type { layerOptions } from './options.ts'
import { DrawnVariable } from './variable.ts'

/** A device's copy of a variable, which may be newer than the one on the host. */
export interface VariableHome {
  /** Copies the variables it holds to their host values. */
  pull(): Promise<void>
  /** Where the device is lost, lets the host's values stand and gives the step that they are of; null where it is not. */
  restore(): number | null
}

/** Whether Keras lists and stores a variable among the weights. */
export const isWeight = ({ kind }: Variable): boolean => kind === 'weight' || kind === 'statistic'

/** A weight, a state, or a slot of an optimizer. */
export interface Variable {
  /** As Keras writes it: `sequential/lstm/lstm_cell/kernel`. */
  readonly path: string
  readonly shape: Shape
  /** A weight is what an optimizer may change, where its layer is trainable. A statistic is a weight that training moves by itself: a moving mean. */
  readonly kind: 'weight' | 'statistic' | 'state' | 'slot'
  /** The slot's name, for slots. */
  readonly slot?: string
  /** The host's copy; current unless `home` is set. */
  value: Float32Array
  /** Where the current value is, if not here. */
  home: VariableHome | null
}

/** A tensor of the functional graph: a shape with an open batch, and where it comes from. */
export class SymbolicTensor {
  constructor(
    readonly shape: OpenShape,
    readonly layer: Layer,
    /** Which call of the layer, and which of its outputs. */
    readonly nodeIndex: number,
    readonly tensorIndex: number,
  ) {}
}

/** One call of a layer. */
export interface LayerNode {
  readonly inputs: readonly SymbolicTensor[]
  /** How many of the last inputs are initial states. */
  readonly states: number
  /** Whether it runs as in training, whatever the step; null where it goes by that. */
  readonly training: boolean | null
  readonly outputs: readonly SymbolicTensor[]
}

/** What a call says beside its inputs. */
export interface LayerCall {
  readonly states?: readonly SymbolicTensor[]
  /** Whether the layer runs as in training or as in a prediction; null where that is the step's matter. */
  readonly training?: boolean | null
  readonly scope?: string
}

/** What a layer's operations are added to. */
export interface Lowering {
  readonly graph: Graph
  readonly training: boolean
  /** Whether training changes a layer: what its flag said when the model was compiled. */
  trains(layer: Layer): boolean
  /** How often the layer was called before in this step, 0 the first time: each call draws anew. */
  readonly repetition: number
  /** The tensor of a weight or state; of a state that was updated in this step, its newest value. */
  variable(variable: Variable): Value
  /** Sets a state or a statistic; in memory at the end of the step. */
  update(variable: Variable, value: Value): void
}

/** A group of weights in a file: the layer's own variables and its parts by name. */
export interface WeightGroup {
  readonly variables: readonly Variable[]
  readonly children: Readonly<Record<string, WeightGroup>>
}

/** How layers of one class are made; the class's one entry in the registry. */
export interface LayerDefinition {
  readonly className: string
  readonly table: OptionTable
  create(given: Readonly<Record<string, unknown>>): Layer
}

export abstract class Layer<Table extends OptionTable = typeof layerOptions> implements WeightGroup {
  readonly definition: LayerDefinition
  readonly className: string
  readonly name: string
  /** Every option, checked, defaults filled in. */
  readonly config: Config<Table> & Config<typeof layerOptions>
  /** What the user wrote. */
  readonly given: Readonly<Record<string, unknown>>
  readonly variables: Variable[] = []
  readonly nodes: LayerNode[] = []
  built = false
  /** In which precision it computes. */
  readonly dtypePolicy: DtypePolicy
  #trainable: boolean

  constructor(definition: LayerDefinition, given: Readonly<Record<string, unknown>>) {
    const { className } = definition
    this.definition = definition
    this.className = className
    this.given = given
    const where = typeof given.name === 'string' ? `${className} "${given.name}"` : className
    this.config = readOptions(where, definition.table, given) as Config<Table> & Config<typeof layerOptions>
    this.name = this.config.name ?? autoName(className)
    this.dtypePolicy = this.config.dtype ?? currentPolicy()
    this.#trainable = this.config.trainable
  }

  /** `LSTM "encoder"`: how errors name the layer. */
  get where(): string {
    return `${this.className} "${this.name}"`
  }

  get trainable(): boolean {
    return this.#trainable
  }

  /** Whether training changes its weights; takes effect with the next `compile`. */
  set trainable(value: boolean) {
    this.#trainable = checkBoolean(this.where, 'trainable', value)
    for (const part of this.parts) part.trainable = value
  }

  /** Whether it can start from states that are given with its input. */
  get takesStates(): boolean {
    return false
  }

  /** How it runs in one recurrence with a layer of the other direction; null where it cannot. */
  get directed(): Directed | null {
    return null
  }

  /** Layers inside this one. */
  get parts(): readonly Layer[] {
    return []
  }

  /** Its own variables and those of its parts, in Keras's order. */
  get allVariables(): readonly Variable[] {
    return [...this.variables, ...this.parts.flatMap((part) => part.allVariables)]
  }

  /** The weights that an optimizer may change, as the flags stand: none of a layer that is not trainable. */
  get trainableVariables(): readonly Variable[] {
    if (!this.trainable) return []
    const own = this.variables.filter(({ kind }) => kind === 'weight')
    return [...own, ...this.parts.flatMap((part) => part.trainableVariables)]
  }

  get children(): Readonly<Record<string, WeightGroup>> {
    return {}
  }

  /** The layer made again from its options, with some of them changed. */
  clone(changes: Readonly<Record<string, unknown>>): Layer {
    return this.definition.create({ ...this.given, ...changes })
  }

  /** Checks input shapes and gives those of the outputs. `source` is the layer that the first input comes from, if known. */
  abstract outputShapes(inputs: readonly OpenShape[], source?: Layer): readonly OpenShape[]

  /** Makes the weights; `path` is the layer's own, `sequential/lstm`. */
  protected build(_path: string, _inputs: readonly OpenShape[]): void {}

  /**
   * Whether what becomes of a sample depends on the batch around it or on the call before: moments of a batch, one draw for
   * all samples, states. Where not, many small batches may go through the layer as one.
   */
  mixesSamples(lowering: Lowering): boolean {
    return (
      this.variables.some(({ kind }) => kind === 'state') ||
      this.parts.some((part) => part.mixesSamples(lowering))
    )
  }

  /** Adds the layer's operations for tensors of a bound batch. `states` of the last inputs are initial states. */
  abstract lower(lowering: Lowering, inputs: readonly Value[], states: number): readonly Value[]

  /** The same, under its dtype policy. */
  lowerUnderPolicy(lowering: Lowering, inputs: readonly Value[], states: number): readonly Value[] {
    return this.underPolicy(lowering.graph, () => this.lower(lowering, inputs, states))
  }

  /** What `add` adds to a graph is under the layer's dtype policy. */
  underPolicy<T>(graph: Graph, add: () => T): T {
    const outer = graph.mixed
    graph.mixed = this.dtypePolicy === 'mixed_float16'
    const added = add()
    graph.mixed = outer
    return added
  }

  /** Makes the weights, once. */
  ensureBuilt(scope: string, inputs: readonly OpenShape[]): void {
    if (this.built) return
    this.build(scope === '' ? this.name : `${scope}/${this.name}`, inputs)
    this.built = true
  }

  /** Calls the layer on symbolic tensors. */
  call(
    inputs: readonly SymbolicTensor[],
    { states = [], training = null, scope = '' }: LayerCall = {},
  ): readonly SymbolicTensor[] {
    const all = [...inputs, ...states]
    if (states.length > 0) this.checkStates(states.map(({ shape }) => shape))
    const shapes = inputs.map(({ shape }) => shape)
    const outputShapes = this.outputShapes(shapes, inputs[0]?.layer)
    for (const shape of outputShapes) checkSize(this.where, 'an output', shape)
    this.ensureBuilt(scope, shapes)
    const nodeIndex = this.nodes.length
    const outputs = outputShapes.map((shape, index) => new SymbolicTensor(shape, this, nodeIndex, index))
    this.nodes.push({ inputs: all, states: states.length, training, outputs })
    return outputs
  }

  /** Checks initial states; layers that take some override it. */
  protected checkStates(states: readonly OpenShape[]): void {
    fail(this.where, { expected: 'no initialState', got: states.map(showShape).join(', ') })
  }

  /** Adds a weight, drawn by its initializer from a seed of its own. */
  protected addWeight(path: string, shape: Shape, initializer: Initializer): Variable {
    return this.#addDrawn(path, shape, 'weight', initializer)
  }

  /** Adds a weight that no optimizer changes, but training does. */
  protected addStatistic(path: string, shape: Shape, initializer: Initializer): Variable {
    return this.#addDrawn(path, shape, 'statistic', initializer)
  }

  #addDrawn(path: string, shape: Shape, kind: DrawnVariable['kind'], initializer: Initializer): Variable {
    initializer.check(shape)
    const seed = nextSeed()
    return this.addVariable(
      new DrawnVariable(path, shape, kind, () => initializer(shape, new Generator(seed))),
    )
  }

  protected addVariable(variable: Variable): Variable {
    this.variables.push(variable)
    return variable
  }

  /** The only input, of at least `rank` axes. */
  protected single(inputs: readonly OpenShape[], rank: number, axes: string): OpenShape {
    const [shape] = inputs
    if (inputs.length !== 1 || shape === undefined || shape.length < rank) {
      fail(this.where, { expected: `input ${axes}`, got: inputs.map(showShape).join(' and ') || 'nothing' })
    }
    return shape
  }
}

/** Checks the features of an input against the kernel [features, …] of a layer that has its weights already. */
export function checkFeatures(layer: Layer, shape: OpenShape, kernel: Variable | null): void {
  const features = kernel?.shape[0]
  if (features === undefined || shape.at(-1) === features) return
  fail(layer.where, {
    expected: `${features} features, for which it has its weights`,
    got: showShape(shape),
    remedy: 'Make another layer for other features.',
  })
}

/** An extent that must be known when the layer is built. */
export function knownExtent(layer: Layer, shape: OpenShape, axis: number, what: string): number {
  const extent = shape.at(axis)
  if (typeof extent !== 'number') {
    return fail(layer.where, {
      expected: `a known number of ${what} (axis ${axis})`,
      got: showShape(shape),
      remedy: 'Give it in inputShape.',
    })
  }
  return extent
}
