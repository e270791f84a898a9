// A recurrent layer of any cell. From the descriptions of the cell and of the inputs it makes weights, states, the product that is
// hoisted out of the loop, the recurrence, and the outputs in order.

import { fail, failUnloaded } from '../../errors.ts'
import type { Value } from '../../graph/graph.ts'
import type { Recurrence } from '../../ops/defineRecurrence.ts'
import { maskedOutput } from '../../ops/masks.ts'
import type { RecurrentCell } from '../../ops/recurrentCell.ts'
import { statesTogether } from '../../ops/recurrentStates.ts'
import { reverse } from '../../ops/reverse.ts'
import { reshape } from '../../ops/view.ts'
import { drawKey, nextSeed } from '../../util/seed.ts'
import type { OpenShape, Shape } from '../../util/shape.ts'
import type { Tensor } from '../../util/tensor.ts'
import type { CallRequest, LayerCall, StepLowering } from '../call.ts'
import { knownExtent } from '../inputChecks.ts'
import { Layer, type WeightGroup } from '../layer.ts'
import type { WeightSpec } from '../layerDefinition.ts'
import type { layerOptions } from '../options.ts'
import type { SymbolicTensor } from '../symbolicTensor.ts'
import type { Initializer } from '../weights/initializer.ts'
import type { Variable } from '../weights/variable.ts'
import type { Directed, OtherDirection, RecurrenceOutputs, RecurrentTensors } from './directed.ts'
import { dropInput } from './gateDropout.ts'
import { functionOf, type recurrentOptions } from './recurrent.ts'
import { checkInitialStates, checkSequence } from './recurrentChecks.ts'
import type { RecurrentInput } from './recurrentInput.ts'
import { type BatchSize, zeroStates } from './zeroStates.ts'

/** The description of a cell for a layer. */
export interface LayerCell {
  /** The cell's name in paths of weights and in files, `lstm_cell`. */
  readonly name: string
  readonly cell: Pick<RecurrentCell, 'gates' | 'states' | 'functions' | 'biasRows'>
  readonly recurrence: Recurrence<string, string>
  /** The definition of the bias, if it is not a row of the gates with the option's initializer. */
  bias?(units: number, initial: Initializer): { readonly shape?: Shape; readonly initializer?: Initializer }
}

type Weights = {
  readonly kernel: Variable
  readonly recurrentKernel: Variable
  readonly bias: Variable | undefined
  /** The stored states of a stateful layer. */
  readonly states: readonly Variable[]
}

interface RecurrenceInputs extends RecurrentTensors {
  readonly states: readonly Value[]
}

type Table = typeof layerOptions & typeof recurrentOptions

/** What runs activations that no kernel knows, once it is loaded. */
let timeSteps: typeof import('./timeSteps.ts') | null = null

/** Puts it at hand: in Node, and for files. */
export function setTimeSteps(code: typeof timeSteps): void {
  timeSteps = code
}

/** A cell as a layer of its own, which has the weights of the sequences that it runs over (cell.ts). */
interface CellOwner extends Layer {
  readonly builtWeights: Omit<Weights, 'states'> | null
}

/** @internal */
export abstract class RecurrentLayer extends Layer<Table, Weights> {
  /** @internal Whether outputs of masked time steps are zeros; Bidirectional has it so where it returns sequences. */
  zeroesMasked = this.config.zeroOutputForMask
  /** Set in a layer that RNN makes of a cell: the cell, and how errors name the RNN. */
  owner: { readonly cell: CellOwner; readonly where: string } | null = null
  readonly #seed = this.config.seed ?? nextSeed()

  /** @internal The layer's cell, by its options. */
  abstract get cell(): LayerCell
  /** @internal The layer's inputs. */
  abstract get inputSide(): RecurrentInput

  override get where(): string {
    return this.owner?.where ?? super.where
  }

  override get takesStates(): boolean {
    return true
  }

  override get takesMask(): boolean {
    return true
  }

  override get losesMask(): boolean {
    return this.config.returnSequences
  }

  override get recurrence(): RecurrentLayer {
    return this
  }

  override get stateNames(): readonly string[] {
    return this.cell.cell.states
  }

  /** In Keras the weights belong to the cell. */
  override get children(): Readonly<Record<string, WeightGroup>> {
    const variables = this.variables.filter(({ kind }) => kind === 'weight')
    return { cell: { variables, children: {} } }
  }

  override outputShapes(inputs: readonly OpenShape[], source?: Layer): readonly OpenShape[] {
    const shape = checkSequence(this, this.inputSide, inputs, source)
    const [batch = null, time = null] = shape
    const state = this.inputSide.stateShape(this, shape)
    const output = this.config.returnSequences ? [batch, time, ...state.slice(1)] : state
    return this.config.returnState ? [output, ...this.cell.cell.states.map(() => state)] : [output]
  }

  /** The shape of a state, from the shape of an input. */
  stateShape(input: OpenShape): OpenShape {
    return this.inputSide.stateShape(this, input)
  }

  override checkStates(states: readonly OpenShape[]): void {
    checkInitialStates(this, this.inputSide, states)
  }

  /**
   * The states that a sequence starts from: zeros, `[batch, units]`, of each a tensor.
   *
   * @param batchSize Samples.
   */
  getInitialState(batchSize: BatchSize): readonly (Tensor | SymbolicTensor)[] {
    const [[, ...input] = []] = this.builtShapes
    // States of frames have the extents of the input.
    if (!this.built && this.inputSide.rank > 3)
      fail(this.where, { expected: 'a layer that was called', got: 'one that was not' })
    return zeroStates(this, batchSize, (batch) =>
      this.stateNames.map(() => this.stateShape([batch, ...input])),
    )
  }

  protected override createWeights(input: OpenShape): Weights {
    const { name } = this.cell
    const weights =
      this.owner?.cell.builtWeights ??
      this.buildCell(this, input, (spec) => this.addWeight({ ...spec, name: `${name}/${spec.name}` }))
    return { ...weights, states: this.config.stateful ? this.#addStates(input) : [] }
  }

  /** The weights of the cell for inputs of a shape; `layer` is the one that has them. */
  buildCell(layer: Layer, input: OpenShape, add: (spec: WeightSpec) => Variable): Omit<Weights, 'states'> {
    const { useBias, ...config } = this.config
    const { cell, bias } = this.cell
    const { units } = this.inputSide
    const columns = cell.gates * units
    const rows = cell.biasRows === undefined ? [] : [cell.biasRows]
    const own = bias?.(units, config.biasInitializer)
    const weight = (name: string, shape: Shape, initializer: Initializer): Variable =>
      add({ name, shape, initializer })
    const { kernel, recurrentKernel } = this.inputSide.kernelShapes(layer, input)
    return {
      kernel: weight('kernel', [...kernel, columns], config.kernelInitializer),
      recurrentKernel: weight('recurrent_kernel', [...recurrentKernel, columns], config.recurrentInitializer),
      bias: useBias
        ? weight('bias', own?.shape ?? [...rows, columns], own?.initializer ?? config.biasInitializer)
        : undefined,
    }
  }

  #addStates(input: OpenShape): Variable[] {
    knownExtent(this, input, 0, 'samples a batch')
    const shape = this.inputSide.stateShape(this, input) as Shape
    return this.cell.cell.states.map((name) => this.addState(name, shape))
  }

  /** Whether each time step is operations of its own, because no kernel knows an activation. */
  get #isByTimeSteps(): boolean {
    return this.cell.cell.functions.some((name) => functionOf(this.config, name) === undefined)
  }

  override async load(): Promise<void> {
    if (this.#isByTimeSteps) timeSteps ??= await import('./timeSteps.ts')
  }

  /** A call of the layer that can share launches with a call of the other direction; null where it cannot. */
  directed(step: StepLowering, request: CallRequest): Directed | null {
    return this.inputSide.runsBothWays && !this.#isByTimeSteps
      ? this.#directed(this.callIn(step, request))
      : null
  }

  #directed(call: LayerCall<Weights>): Directed {
    const states = call.states.length > 0 ? call.states : call.weights.states
    const { kernel, recurrentKernel, bias } = call.weights
    const addsBias = this.cell.cell.biasRows !== undefined
    return {
      graph: call.graph,
      weights: addsBias
        ? { kernel, recurrentKernel, recurrentBias: bias }
        : { kernel, recurrentKernel, bias },
      states,
      drawKey: drawKey(this.#seed, call.repetition),
      keepStates: (last) => call.update('states', last),
      hoisted: (kernel, bias) => this.#hoisted(call, kernel, bias),
      recur: (tensors, other) => this.#recur(call, { ...tensors, states }, other),
    }
  }

  protected override lower(call: LayerCall<Weights>): readonly Value[] {
    const own = this.#directed(call)
    const { kernel, recurrentKernel, bias, recurrentBias } = own.weights
    const z = own.hoisted(kernel, bias)
    const { sequence, last, output } = own.recur({ z, recurrentKernel, bias: recurrentBias })
    own.keepStates(last)
    const { goBackwards, returnSequences, returnState } = this.config
    // Outputs come in the order of processing.
    const processed = () => (goBackwards ? reverse(call.graph, { x: sequence }, { axis: 1 }).y : sequence)
    return [returnSequences ? processed() : output, ...(returnState ? last : [])]
  }

  #recur(
    call: LayerCall<Weights>,
    { z, recurrentKernel, bias, states }: RecurrenceInputs,
    other: OtherDirection | undefined,
  ): RecurrenceOutputs {
    const { config } = this
    const { graph, training, repetition, masks } = call
    const { cell, recurrence } = this.cell
    const mask = masks[0] ?? undefined
    const recur = this.#isByTimeSteps
      ? (timeSteps ?? failUnloaded(this.where, 'its activation')).timeStepsOf(this, call)
      : recurrence
    const outputs: Readonly<Record<string, Value>> = recur(
      graph,
      { z, recurrentKernel, bias, mask, initial: statesTogether(graph, states, other) },
      {
        ...Object.fromEntries(cell.functions.map((name) => [name, functionOf(config, name)])),
        reverse: config.goBackwards,
        directions: other && 2,
        recurrentDropout: {
          rate: training ? config.recurrentDropout : 0,
          seed: drawKey(this.#seed, repetition),
          otherSeed: other?.drawKey,
        },
      },
    )
    const last = cell.states.map((name) => outputs[`${name}Last`] as Value)
    const { zeroesMasked: zeros } = this
    const masksOutput = mask && (zeros || states.length > 0)
    // Outputs of masked time steps are states that stayed, but before the first valid one zeros, also where states are given.
    const masked = (x: Value, isLast: boolean): Value =>
      masksOutput
        ? maskedOutput(
            graph,
            { x, mask },
            { isLast, leading: !zeros, reverse: config.goBackwards, directions: other && 2 },
          ).y
        : x
    return {
      sequence: masked(outputs.h as Value, false),
      last,
      output: masked(last[0] as Value, true),
    }
  }

  /** x·W + b for all time steps at once, [B, T, ..., gates · U], with dropout of the inputs in training. */
  #hoisted(call: LayerCall<Weights>, kernel: Value, bias: Value | undefined): Value {
    const { graph, training } = call
    const [x] = call.inputs
    const [batch = 1, time = 1] = x.shape
    const { dropout, recurrentDropout } = this.config
    const { inputSide } = this
    const drop = { rate: training ? dropout : 0, seed: drawKey(this.#seed, call.repetition) }
    const y =
      drop.rate > 0 && (inputSide.dropsPerGate || recurrentDropout > 0)
        ? inputSide.productByGate(graph, { x, kernel, bias, gates: this.cell.cell.gates }, drop)
        : inputSide.product(graph, { x: dropInput(graph, x, drop), kernel, bias })
    return reshape(graph, y, { shape: [batch, time, ...y.shape.slice(1)] })
  }
}
