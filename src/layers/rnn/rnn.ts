// A cell, or cells on top of each other, over a sequence. Each cell runs as the recurrent layer of its class does, with all of its
// launches: stacked cells are a sequence after another, which gives what a stack inside one loop gives.

import type { Value } from '../../graph/graph.ts'
import { reverse } from '../../ops/reverse.ts'
import type { ConstructorStatics } from '../../util/constructorOf.ts'
import { required, type TableFor } from '../../util/options.ts'
import type { OpenShape } from '../../util/shape.ts'
import type { LayerCall, NoWeights } from '../call.ts'
import { defineLayer, writeLayer } from '../callable.ts'
import { Layer, type LayerDefinition, type WeightGroup } from '../layer.ts'
import type { GivenOptions } from '../layerDefinition.ts'
import { type LayerOptions, layerOptions } from '../options.ts'
import type { SymbolicTensor } from '../symbolicTensor.ts'
import type { AnyCell, CallableCell } from './cell.ts'
import type { Cell } from './cellClass.ts'
import type { CellSequence } from './cellSequence.ts'
import { type RecurrentOutput, type SequenceOptions, sequenceOptions } from './recurrent.ts'
import type { RecurrentLayer } from './recurrentLayer.ts'
import {
  type CallableStack,
  cellOf,
  type NestedStates,
  type StartingStates,
  startingStates,
} from './stackedCells.ts'
import type { BatchSize, CallableRecurrent } from './zeroStates.ts'

export interface RNNOptions<State extends boolean = boolean> extends LayerOptions, SequenceOptions<State> {}

interface RNNArguments<State extends boolean = boolean> extends RNNOptions<State> {
  /** A cell, such as `LSTMCell(8)`, or several on top of each other, as `StackedRNNCells` or in a list. */
  readonly cell: Layer | readonly Layer[]
}

const table = {
  ...layerOptions,
  cell: required<AnyCell, Layer | readonly Layer[]>(
    (where, _name, value) => cellOf(value, where),
    writeLayer,
  ),
  ...sequenceOptions,
} as const satisfies TableFor<RNNArguments>

/** @internal */
export class RNNLayer extends Layer<typeof table, NoWeights> {
  /** The cells as recurrent layers, the first one next to the input. */
  readonly #sequences: readonly (RecurrentLayer | CellSequence)[]

  constructor(definition: LayerDefinition<typeof table>, given: GivenOptions) {
    super(definition, given)
    const { cell, returnSequences, returnState, goBackwards, stateful, zeroOutputForMask } = this.config
    const cells = cell.singleCells
    this.#sequences = cells.map((single, i) =>
      single.sequence(this.where, {
        returnSequences: returnSequences || i < cells.length - 1,
        returnState,
        // Outputs come in the order of processing, in which the cells above go on.
        goBackwards: goBackwards && i === 0,
        stateful,
        zeroOutputForMask,
      }),
    )
  }

  override get takesMask(): boolean {
    return true
  }

  override get losesMask(): boolean {
    return this.config.returnSequences
  }

  /** @internal As that of a recurrent layer, which the last cell is. */
  get zeroesMasked(): boolean {
    return this.#sequences.at(-1)?.zeroesMasked ?? false
  }

  set zeroesMasked(value: boolean) {
    const last = this.#sequences.at(-1)
    if (last) last.zeroesMasked = value
  }

  override get takesStates(): boolean {
    return true
  }

  override get recurrence(): RecurrentLayer | null {
    const [first, ...others] = this.#sequences
    return others.length === 0 ? (first?.recurrence ?? null) : null
  }

  override get stateNames(): readonly string[] {
    return this.config.cell.stateNames
  }

  override get parts(): readonly Layer[] {
    return [this.config.cell, ...this.#sequences]
  }

  override get children(): Readonly<Record<string, WeightGroup>> {
    return { cell: this.config.cell }
  }

  override clone(changes: GivenOptions): Layer {
    const { cell } = this.config
    return super.clone({ cell: cell.clone({ name: cell.name }), ...changes })
  }

  override arranged([output, ...states]: readonly SymbolicTensor[]): unknown {
    return this.config.returnState ? [output, ...this.nested(states)] : output
  }

  /**
   * The states that a sequence starts from, nested as `initialState` takes them: those that the cells say, or zeros.
   *
   * @param batchSize Samples.
   */
  getInitialState(batchSize: BatchSize): StartingStates {
    return startingStates(this.config.cell, batchSize)
  }

  /** @internal States as calls take them and give them back. */
  nested(states: readonly SymbolicTensor[]): readonly unknown[] {
    return this.config.cell.nested(states)
  }

  override outputShapes(inputs: readonly OpenShape[], source?: Layer): readonly OpenShape[] {
    let shapes = inputs
    const states = this.#sequences.flatMap((sequence, i) => {
      const [output = [], ...own] = sequence.outputShapes(shapes, i === 0 ? source : undefined)
      shapes = [output]
      return own
    })
    return [...shapes, ...states]
  }

  protected override checkStates(states: readonly OpenShape[]): void {
    const remaining = [...states]
    for (const sequence of this.#sequences)
      sequence.checkStates(remaining.splice(0, sequence.stateNames.length))
    if (remaining.length > 0) this.#sequences[0]?.checkStates(states)
  }

  protected override createWeights(input: OpenShape): NoWeights {
    const [batch = null, , ...features] = input
    this.config.cell.ensureBuilt(this.path, [[batch, ...features]])
    let shapes: readonly OpenShape[] = [input]
    for (const sequence of this.#sequences) {
      sequence.ensureBuilt(this.path, shapes)
      shapes = sequence.outputShapes(shapes).slice(0, 1)
    }
    return {}
  }

  protected override lower(call: LayerCall<NoWeights>): readonly Value[] {
    const { graph, step, training } = call
    const states = [...call.states]
    let inputs: readonly Value[] = call.inputs
    let output: Value | undefined
    let [mask = null] = call.masks
    const last = this.#sequences.flatMap((sequence, i) => {
      const own = states.splice(0, sequence.stateNames.length)
      // A mask that counts here counts in the cells too, also beside initial states.
      const request = { inputs, states: own, given: [mask], training }
      const [result, ...after] = sequence.lowerIn(step, request)
      if (result) inputs = [result.value]
      if (i === 0 && mask && this.config.goBackwards) mask = reverse(graph, { x: mask }, { axis: 1 }).y
      output = result?.value
      return after.map(({ value }) => value)
    })
    return output ? [output, ...last] : last
  }
}

const definition = defineLayer({
  className: 'RNN',
  table,
  positional: ['cell'],
  create: (self, given) => new RNNLayer(self, given),
})

type StackedOutput<State extends boolean> = [State] extends [true]
  ? readonly [SymbolicTensor, ...NestedStates]
  : SymbolicTensor

type OwnOutput<State extends boolean> = [State] extends [true]
  ? readonly [SymbolicTensor, ...SymbolicTensor[]]
  : SymbolicTensor

interface RNNConstructor
  extends ConstructorStatics<CallableRecurrent<StackedOutput<boolean>, StartingStates>> {
  <const State extends boolean = false>(
    options: RNNArguments<State>,
  ): CallableRecurrent<StackedOutput<State>, StartingStates>
  <const State extends boolean = false>(
    cell: CallableStack | readonly (Cell | CallableStack)[],
    options?: RNNOptions<State>,
  ): CallableRecurrent<StackedOutput<State>, StartingStates>
  <const States extends 1 | 2, const State extends boolean = false>(
    cell: CallableCell<States>,
    options?: RNNOptions<State>,
  ): CallableRecurrent<RecurrentOutput<State, States>>
  <const State extends boolean = false>(
    cell: Cell,
    options?: RNNOptions<State>,
  ): CallableRecurrent<OwnOutput<State>>
  new <const State extends boolean = false>(
    options: RNNArguments<State>,
  ): CallableRecurrent<StackedOutput<State>, StartingStates>
  new <const State extends boolean = false>(
    cell: CallableStack | readonly (Cell | CallableStack)[],
    options?: RNNOptions<State>,
  ): CallableRecurrent<StackedOutput<State>, StartingStates>
  new <const States extends 1 | 2, const State extends boolean = false>(
    cell: CallableCell<States>,
    options?: RNNOptions<State>,
  ): CallableRecurrent<RecurrentOutput<State, States>>
  new <const State extends boolean = false>(
    cell: Cell,
    options?: RNNOptions<State>,
  ): CallableRecurrent<OwnOutput<State>>
}

/**
 * Runs a cell, or several on top of each other, over a sequence: `[batch, timesteps, features]` → `[batch, units]`, or
 * `[batch, timesteps, units]` with `returnSequences`. With `returnState` the states of all cells follow the output, nested in the
 * order of the cells, as `initialState` takes them.
 *
 * @param cell A cell, such as `LSTMCell(8)` or a {@link Cell} of one's own, or several, as `StackedRNNCells` or in a list.
 * @see keras/src/layers/rnn/rnn.py
 */
export const RNN: RNNConstructor = definition.make
export type RNN = ReturnType<typeof RNN>
