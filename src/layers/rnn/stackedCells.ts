// Recurrent cells on top of each other: at each time step a cell's output is the next one's input.

import { describeValue, fail } from '../../errors.ts'
import type { Value } from '../../graph/graph.ts'
import { type OptionTable, required, type TableFor } from '../../util/options.ts'
import type { OpenShape } from '../../util/shape.ts'
import type { Tensor } from '../../util/tensor.ts'
import type { LayerCall, NoWeights } from '../call.ts'
import {
  defineLayer,
  type LayerArguments,
  type LayerConstructor,
  layerOfConfig,
  writeLayer,
} from '../callable.ts'
import { Layer, type WeightGroup } from '../layer.ts'
import type { GivenOptions } from '../layerDefinition.ts'
import { type LayerOptions, layerOptions, noActivity } from '../options.ts'
import type { OwnOptions, SymbolicTensor } from '../symbolicTensor.ts'
import { type AnyCell, cellInputs, isCell, type SingleCell, statesOption } from './cell.ts'
import type { Cell } from './cellClass.ts'
import { asCell } from './customCell.ts'
import { type BatchSize, zeroStates } from './zeroStates.ts'

/** Reads a cell, or a list of cells, which are stacked. */
export function cellOf(value: unknown, where: string): AnyCell {
  return Array.isArray(value) ? StackedCellsLayer.of(value) : oneCell(value, where)
}

/** Reads a cell that may be a stack, but no list: as in Keras lists are not nested. */
function oneCell(value: unknown, where: string): AnyCell {
  const layer = value instanceof Layer ? value : layerOfConfig(value)
  const cell = layer && (isCell(layer) ? layer : asCell(layer))
  if (cell) return cell
  return fail(where, {
    expected: 'a cell, such as LSTMCell(8), or a list of cells',
    got: describeValue(value),
    remedy: layer && remedyFor(layer),
  })
}

/** What a class that extends Layer lacks as a cell. */
function remedyFor(layer: Layer): string | undefined {
  return 'supportsMasking' in layer
    ? `Give ${layer.className} a stateSize, and call(x, states) that returns [output, states], as a class that extends Cell has.`
    : undefined
}

interface StackedRNNCellsArguments extends LayerOptions {
  /** The cells, the first one next to the input. */
  readonly cells: readonly Layer[]
}

const table = {
  ...layerOptions,
  activityRegularizer: noActivity,
  cells: required<readonly AnyCell[], readonly Layer[]>(
    (where, name, value) =>
      Array.isArray(value) && value.length > 0
        ? value.map((cell) => oneCell(cell, where))
        : fail(where, { expected: `${name} to be a list of cells`, got: describeValue(value) }),
    (cells) => cells.map(writeLayer),
  ),
} as const satisfies TableFor<StackedRNNCellsArguments>

export class StackedCellsLayer extends Layer<typeof table, NoWeights> implements AnyCell {
  /** The stack of cells that a list of them stands for. */
  static of(cells: readonly unknown[]): StackedCellsLayer {
    return new StackedCellsLayer(definition, { cells })
  }

  /** @internal */
  override get parts(): readonly AnyCell[] {
    return this.config.cells
  }

  /** @internal */
  override get children(): WeightGroup['children'] {
    return { cells: { variables: [], children: this.parts } }
  }

  /** @internal */
  override get stateNames(): readonly string[] {
    return this.parts.flatMap(({ stateNames }) => stateNames)
  }

  /** @internal */
  get singleCells(): readonly SingleCell[] {
    return this.parts.flatMap(({ singleCells }) => singleCells)
  }

  /** @internal */
  nested(states: readonly SymbolicTensor[]): readonly unknown[] {
    const remaining = [...states]
    return this.parts.map((cell) => {
      const own = cell.nested(remaining.splice(0, cell.stateNames.length))
      return own.length === 1 && cell.singleCells[0] === cell ? own[0] : own
    })
  }

  /** @internal */
  outputShape(input: OpenShape): OpenShape {
    return this.parts.reduce((shape, cell) => cell.outputShape(shape), input)
  }

  /** @internal */
  override get inputCount(): number {
    return 2
  }

  /** @internal */
  override clone(changes: GivenOptions): Layer {
    return super.clone({ cells: this.parts.map((cell) => cell.clone({ name: cell.name })), ...changes })
  }

  /** @internal */
  override get callOptions(): OptionTable {
    return statesOption
  }

  /** @internal */
  override readInputs(args: readonly unknown[], options: OwnOptions) {
    return cellInputs(args, options, 4)
  }

  /**
   * The states that a sequence starts from, nested in the order of the cells: those that the cells say, or zeros.
   *
   * @param batchSize Samples.
   */
  getInitialState(batchSize: BatchSize): StartingStates {
    return startingStates(this, batchSize)
  }

  /** @internal */
  override arranged([output, ...states]: readonly SymbolicTensor[]): unknown {
    return [output, this.nested(states)]
  }

  /** @internal */
  override outputShapes([input = [], ...states]: readonly OpenShape[]): readonly OpenShape[] {
    let output = input
    const next = eachCell(this.parts, states, (cell, own) => {
      const [shape = [], ...after] = cell.outputShapes([output, ...own])
      output = shape
      return after
    })
    return [output, ...next]
  }

  protected override createWeights(input: OpenShape): NoWeights {
    let shape = input
    for (const cell of this.parts) {
      cell.ensureBuilt(this.path, [shape])
      shape = cell.outputShape(shape)
    }
    return {}
  }

  protected override lower({ inputs, step, training }: LayerCall<NoWeights>): readonly Value[] {
    let [output, ...states]: readonly Value[] = inputs
    const next = eachCell(this.parts, states, (cell, own) => {
      const given = output ? [output, ...own] : own
      const [y, ...after] = cell.lowerIn(step, { inputs: given, training })
      output = y?.value
      return after.map(({ value }) => value)
    })
    return output ? [output, ...next] : next
  }
}

/** The states that a sequence of a cell, or of a stack of them, starts from: those that cells of the user's own say, or zeros. */
export function startingStates(cell: AnyCell, batchSize: BatchSize): StartingStates {
  const states = cell.singleCells.map(
    (single): unknown =>
      // Where the batch is open, a class is asked for shapes alone.
      (batchSize === null ? null : single.getInitialState?.(batchSize)) ??
      zeroStates(single, batchSize, (batch) => single.stateShapes(batch)),
  )
  return cell.nested(states.flat() as readonly SymbolicTensor[]) as StartingStates
}

/** Gives each cell its states, and returns what it makes of them, one after another. */
function eachCell<T>(
  cells: readonly AnyCell[],
  states: readonly T[],
  visit: (cell: AnyCell, own: readonly T[]) => readonly T[],
): readonly T[] {
  const remaining = [...states]
  return cells.flatMap((cell) => visit(cell, remaining.splice(0, cell.stateNames.length)))
}

const definition = defineLayer({
  className: 'StackedRNNCells',
  table,
  positional: ['cells'],
  create: (self, given) => new StackedCellsLayer(self, given),
})

/** States of stacked cells: a tensor for a cell of one state, a list for a cell of several. */
export type NestedStates = readonly (SymbolicTensor | readonly SymbolicTensor[])[]

/** States that a sequence of stacked cells starts from. */
export type StartingStates = readonly (OneState | readonly OneState[])[]

type OneState = Tensor | SymbolicTensor

/** A stack of cells that can be called on the input of one time step and on the states of all cells. */
export type CallableStack = StackedCellsLayer & {
  (input: SymbolicTensor, states: StartingStates): readonly [SymbolicTensor, NestedStates]
  (
    input: SymbolicTensor,
    options: { readonly states: StartingStates },
  ): readonly [SymbolicTensor, NestedStates]
}

/**
 * Cells on top of each other, for {@link RNN}: at each time step a cell's output is the next one's input. States are nested in the
 * order of the cells, `[[h1, c1], [h2, c2]]`.
 *
 * @param cells The cells, the first one next to the input.
 * @see keras/src/layers/rnn/stacked_rnn_cells.py
 */
export const StackedRNNCells: LayerConstructor<
  LayerArguments<[cells: readonly Cell[]], LayerOptions, StackedRNNCellsArguments>,
  CallableStack
> = definition.make
export type StackedRNNCells = ReturnType<typeof StackedRNNCells>
