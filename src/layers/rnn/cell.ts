// Recurrent cells as layers: a cell computes one time step, and RNN runs it over a sequence. The weights are the cell's. All work
// is that of the recurrent layer of the cell's class, so that RNN(LSTMCell(n)) is launched as LSTM(n) is.

import { fail, impossible } from '../../errors.ts'
import type { Value } from '../../graph/graph.ts'
import { reshape } from '../../ops/view.ts'
import { nullable, type OptionTable } from '../../util/options.ts'
import { type OpenShape, showShape } from '../../util/shape.ts'
import type { Tensor } from '../../util/tensor.ts'
import type { LayerCall } from '../call.ts'
import { Layer, type LayerDefinition } from '../layer.ts'
import type { CallOptions } from '../layerCall.ts'
import type { GivenOptions } from '../layerDefinition.ts'
import type { layerOptions, positiveInteger } from '../options.ts'
import type { OwnOptions, SymbolicTensor } from '../symbolicTensor.ts'
import type { Variable } from '../weights/variable.ts'
import type { CustomCell } from './customCell.ts'
import type { cellOptions } from './recurrent.ts'
import type { RecurrentLayer } from './recurrentLayer.ts'
import { type BatchSize, zeroStates } from './zeroStates.ts'

/** The result of a call of a cell on an input and states: the output, and the next states. */
export type CellOutput = readonly [output: SymbolicTensor, states: readonly SymbolicTensor[]]

/** A cell that can be called on the input of one time step, `[batch, features]`, and on its states. `States` is their number. */
export type CallableCell<States extends 1 | 2 = 1 | 2> = CellLayer & {
  readonly stateCount: States
} & CellFunction

/** The states that a call of a cell is given. */
type GivenStates = SymbolicTensor | Tensor | readonly (SymbolicTensor | Tensor)[]

/** The call of a cell; states may have their name, as in Python. */
export interface CellFunction {
  (input: SymbolicTensor, states: GivenStates, options?: Pick<CallOptions, 'training'>): CellOutput
  (
    input: SymbolicTensor,
    options: { readonly states: GivenStates } & Pick<CallOptions, 'training'>,
  ): CellOutput
}

/** @internal The option of calls of cells that every cell has. */
export const statesOption = {
  states: nullable((_where, _name, value) => value),
} as const satisfies OptionTable

/** A cell of Recurra, or of the user's own. */
export type SingleCell = CellLayer | CustomCell

/** A cell, or several on top of each other. */
export interface AnyCell extends Layer {
  /** @internal The cells that it consists of, the first one next to the input. */
  readonly singleCells: readonly SingleCell[]
  /** @internal The shape of the output for an input of one time step. */
  outputShape(input: OpenShape): OpenShape
  /** @internal States as Keras nests them: those of a cell of several in a list. */
  nested(states: readonly SymbolicTensor[]): readonly unknown[]
}

export const isCell = (layer: Layer): layer is AnyCell => 'singleCells' in layer

/**
 * @internal The inputs of a call of a cell, states by place or by name, and its other options.
 *
 * @param depth How deep states may lie in lists.
 */
export const cellInputs = (
  [input, placed]: readonly unknown[],
  { states, ...options }: OwnOptions,
  depth: 2 | 4,
): readonly [inputs: readonly unknown[], options: OwnOptions] => [
  [input, placed ?? states ?? []].flat(depth),
  options,
]

type Weights = {
  readonly kernel: Variable
  readonly recurrentKernel: Variable
  readonly bias: Variable | undefined
}

type Table = typeof layerOptions & { readonly units: typeof positiveInteger } & typeof cellOptions

export abstract class CellLayer extends Layer<Table, Weights> implements AnyCell {
  /** The class of the layer that runs the cell over a sequence. */
  protected abstract get sequenceDefinition(): LayerDefinition
  #single: RecurrentLayer | null = null

  /** The number of the cell's states. */
  get stateCount(): number {
    return this.stateNames.length
  }

  /** The size of the state, or of several a list, as a cell of one's own that holds the cell says of itself. */
  get stateSize(): number | readonly number[] {
    const sizes = this.stateNames.map(() => this.config.units)
    return sizes.length === 1 ? this.config.units : sizes
  }

  /** The size of the output's last axis. */
  get outputSize(): number {
    return this.config.units
  }

  /**
   * The states that a sequence starts from: zeros, `[batch, units]`, of each a tensor.
   *
   * @param batchSize Samples.
   */
  getInitialState(batchSize: BatchSize): readonly (Tensor | SymbolicTensor)[] {
    return zeroStates(this, batchSize, (batch) => this.stateShapes(batch))
  }

  /** The shapes of the states for a batch. */
  stateShapes(batch: number | null): readonly OpenShape[] {
    return this.stateNames.map(() => [batch, this.config.units])
  }

  /** @internal */
  override get stateNames(): readonly string[] {
    return this.#one.stateNames
  }

  /** @internal */
  get singleCells(): readonly CellLayer[] {
    return [this]
  }

  /** @internal */
  outputShape([batch = null]: OpenShape): OpenShape {
    return [batch, this.config.units]
  }

  /** @internal */
  nested(states: readonly SymbolicTensor[]): readonly unknown[] {
    return states
  }

  /** @internal */
  override get inputCount(): number {
    return 2
  }

  /** @internal A layer that runs the cell over a sequence with the cell's weights; `where` names it in errors. */
  sequence(where: string, options: GivenOptions): RecurrentLayer {
    const { inputShape: _, batchShape: __, batchSize: ___, ...given } = this.given
    const changes = { ...options, name: this.name, dtype: this.dtypePolicy }
    const layer =
      this.sequenceDefinition.create({ ...given, ...changes }).recurrence ??
      impossible(`${this.where} runs over no sequence`)
    layer.owner = { cell: this, where }
    return layer
  }

  /** Runs the cell over the one time step of a call. */
  get #one(): RecurrentLayer {
    this.#single ??= this.sequence(this.where, { returnState: true })
    return this.#single
  }

  /** @internal */
  override async load(): Promise<void> {
    await this.#one.load()
  }

  /** @internal */
  override get callOptions(): OptionTable {
    return statesOption
  }

  /** @internal */
  override readInputs(args: readonly unknown[], options: OwnOptions) {
    return cellInputs(args, options, 2)
  }

  /** @internal */
  override arranged([output, ...states]: readonly SymbolicTensor[]): unknown {
    return [output, states]
  }

  /** @internal */
  override outputShapes([input, ...states]: readonly OpenShape[]): readonly OpenShape[] {
    const { units } = this.config
    const [batch = null, features] = input ?? []
    const names = this.stateNames
    const fits =
      input?.length === 2 &&
      states.length === names.length &&
      states.every((shape) => shape.length === 2 && shape[1] === units)
    if (!fits || features === undefined) {
      return fail(this.where, {
        expected: `to be called on an input [batch, features] and the states [${names.join(', ')}], each [batch, ${units}]`,
        got: [input, ...states].map((shape) => showShape(shape ?? [])).join(' and '),
      })
    }
    return this.#one.outputShapes([[batch, 1, features]])
  }

  /** @internal */
  override ensureBuilt(scope: string, inputs: readonly OpenShape[]): void {
    super.ensureBuilt(scope, inputs)
    // A layer that runs the cell over a sequence builds it for an input alone, but a call of it takes states, too.
    const [input = []] = inputs
    if (this.builtShapes.length === 1)
      this.builtShapes = [input, ...this.stateNames.map(() => this.outputShape(input))]
  }

  protected override createWeights([batch = null, features = null]: OpenShape): Weights {
    return this.#one.buildCell(this, [batch, 1, features], (spec) => this.addWeight(spec))
  }

  protected override lower(call: LayerCall<Weights>): readonly Value[] {
    const { graph, step, training } = call
    const [x, ...states] = call.inputs
    const [batch = 1, features = 1] = x.shape
    const shape = [batch, 1, features]
    this.#one.ensureBuilt(this.path, [shape])
    const inputs = [reshape(graph, x, { shape })]
    return this.#one.lowerIn(step, { inputs, states, training }).map(({ value }) => value)
  }
}
