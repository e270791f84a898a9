// Recurrent cells of the user's own, whose `call` says in `ops` what one time step computes. The call is traced once for a step, and what
// it was traced to is a part of the step at every time step (cellSequence.ts).

import { describeValue, fail } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { zerosOf } from '../../ops/zeros.ts'
import type { OptionTable } from '../../util/options.ts'
import { messageOf } from '../../util/realms.ts'
import { type OpenShape, type Shape, sameShape, showShape } from '../../util/shape.ts'
import type { Tensor } from '../../util/tensor.ts'
import type { StepLowering } from '../call.ts'
import { underPolicy } from '../dtypePolicy.ts'
import type { GivenOptions, Layer } from '../layer.ts'
import { symbolicTensors } from '../layerCall.ts'
import { lowerGraph } from '../layerGraph.ts'
import { listOf, type Structure } from '../own/arrangement.ts'
import { symbolicNumbers } from '../own/numbersLayer.ts'
import { OwnCode } from '../own/ownCode.ts'
import { trace } from '../own/trace.ts'
import { type Results, type TracedCall, traceCall } from '../own/tracedCall.ts'
import { type OwnOptions, SymbolicTensor } from '../symbolicTensor.ts'
import { type AnyCell, cellInputs, statesOption } from './cell.ts'
import { CellSequence } from './cellSequence.ts'

/** What `call` of a cell is told beside its input and its states. */
export interface CellContext {
  /** Whether the cell runs as in training; it is known when `call` runs, so that `if (training)` works. */
  readonly training: boolean
}

/** What `call` of a cell returns: the output, and the next states; one state may stand without a list. */
export type CellResult = readonly [output: SymbolicTensor, states: SymbolicTensor | readonly SymbolicTensor[]]

const isSize = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0

/** The base class of cells of the user's own; exported as `Cell`. */
export class CustomCell extends OwnCode implements AnyCell {
  /** The size of the state, `5` for one `[batch, 5]`; of several a list, `[5, 5]`. */
  declare readonly stateSize: number | readonly number[]
  /** The size of the output's last axis, if the class says it; otherwise it is that of what `call` returns. */
  declare readonly outputSize?: number
  override readonly supportsMasking = false

  /**
   * Hook: makes the weights whose shapes depend on the input's. It runs once, before the first `call`.
   *
   * @param _inputShape The shape of the input of one time step, whose batch is null: `[batch, features]`.
   */
  override build(_inputShape: OpenShape): void {}

  /**
   * Hook: one time step, in `ops` and calls of layers that are fields. Its arguments are the input `[batch, features]`, the list of states,
   * each `[batch, size]`, and the {@link CellContext}; it returns `[output, [state, …]]`. It runs for each kind and batch size of a
   * step, not in the step.
   */
  override call(..._args: readonly never[]): CellResult {
    return fail(this.where, {
      expected: `the class ${this.className} to have a method call`,
      got: 'none',
      remedy: 'Write call(x, [h], { training }) { … return [next, [next]] }.',
    })
  }

  /**
   * Hook: the states to start from where a call of `RNN` gives none, each `[batch, size]`; zeros by default.
   *
   * @param batchSize Samples of the step.
   */
  getInitialState?(batchSize: number): SymbolicTensor | Tensor | readonly (SymbolicTensor | Tensor)[]

  /** The sizes of the states. */
  get stateSizes(): readonly number[] {
    const sizes: readonly unknown[] = Array.isArray(this.stateSize) ? this.stateSize : [this.stateSize]
    if (sizes.length > 0 && sizes.every(isSize)) return sizes
    return fail(this.where, {
      expected: 'the class to have stateSize, the size of its state, or a list of the sizes of several',
      got: describeValue(this.stateSize),
      remedy: 'Write stateSize = 5 in the class, or stateSize = [5, 5] for two states.',
    })
  }

  /** @internal */
  override get stateNames(): readonly string[] {
    const { length } = this.stateSizes
    return this.stateSizes.map((_, i) => (length === 1 ? 'state' : `state_${i + 1}`))
  }

  /** @internal */
  get singleCells(): readonly CustomCell[] {
    return [this]
  }

  /** @internal */
  nested(states: readonly SymbolicTensor[]): readonly unknown[] {
    return states
  }

  /** @internal A layer that runs the cell over a sequence; `where` names it in errors. */
  sequence(where: string, options: GivenOptions): CellSequence {
    if (this.config.activityRegularizer) {
      fail(this.where, {
        expected: 'no activityRegularizer in a cell of a sequence',
        got: describeValue(this.config.activityRegularizer),
        remedy: 'Give it to RNN, or call addLoss in the cell.',
      })
    }
    return new CellSequence(this, where, { ...options, name: this.name, dtype: this.dtypePolicy })
  }

  /** @internal */
  override get inputCount(): number {
    return 2
  }

  /** @internal */
  override get takesMask(): boolean {
    return false
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
  override structureOf(_options: OwnOptions, count: number): Structure {
    return [null, listOf(count - 1)]
  }

  // Weights are made for the input alone.
  /** @internal */
  override ensureBuilt(scope: string, inputs: readonly OpenShape[]): void {
    super.ensureBuilt(scope, inputs.slice(0, 1))
  }

  /** The shapes of the states for a batch. */
  stateShapes(batch: number | null): readonly OpenShape[] {
    return this.stateSizes.map((size) => [batch, size])
  }

  /** @internal */
  outputShape(input: OpenShape): OpenShape {
    const [output = []] = super.outputShapes([input, ...this.stateShapes(input[0] ?? null)])
    return output
  }

  /** @internal */
  override outputShapes(inputs: readonly OpenShape[]): readonly OpenShape[] {
    const [input = [], ...states] = inputs
    const [batch = null] = input
    if (input.length < 2 || !sameStates(states, this.stateShapes(batch))) {
      fail(this.where, {
        expected: `to be called on an input [batch, features] and the states ${listed(this.stateShapes(null))}`,
        got: inputs.map(showShape).join(' and '),
      })
    }
    return super.outputShapes(inputs)
  }

  /** @internal */
  override resultsOf(returned: unknown, where: string, [input = []]: readonly OpenShape[]): Results {
    const [output, given, ...others]: readonly unknown[] = Array.isArray(returned) ? returned : []
    const states: readonly unknown[] = Array.isArray(given) ? given : [given]
    const isSymbolic = (value: unknown): value is SymbolicTensor => value instanceof SymbolicTensor
    const remedy = `Write return [output, [${this.stateNames.join(', ')}]].`
    if (!isSymbolic(output) || !states.every(isSymbolic) || others.length > 0) {
      return fail(where, {
        expected: 'to return [output, states], symbolic tensors that ops and layers made of its arguments',
        got: describeValue(returned),
        remedy,
      })
    }
    const { stateSizes: sizes } = this
    if (states.length !== sizes.length)
      fail(where, {
        expected: `to return ${counted(sizes.length)}, as many as stateSize says`,
        got: counted(states.length),
        remedy,
      })
    const expected = this.stateShapes(input[0] ?? null)
    states.forEach(({ shape }, i) => {
      if (sameShape(shape, expected[i] ?? [])) return
      fail(where, {
        expected: `${this.stateNames[i]} to stay ${showShape(expected[i] ?? [])} from time step to time step`,
        got: showShape(shape),
        remedy: 'Return a state of the size that stateSize says.',
      })
    })
    if (output.shape.length < 2 || output.shape[0] !== input[0])
      fail(where, {
        expected: 'an output of each sample, [batch, features]',
        got: showShape(output.shape),
        remedy: 'Sums and means over samples lose the batch: give them axis -1.',
      })
    const { outputSize } = this
    if (outputSize !== undefined && output.shape.at(-1) !== outputSize)
      fail(where, {
        expected: `an output [batch, ${outputSize}], as outputSize says`,
        got: showShape(output.shape),
      })
    return { results: [output, ...states], arrangement: listOf(states.length + 1) }
  }

  /** @internal The call of one time step as a graph, for inputs of a shape. */
  traceStep(input: Shape, training: boolean): TracedCall {
    const [batch = 1] = input
    const shapes = [input, ...this.stateShapes(batch)]
    return traceCall(
      this,
      shapes.map((shape) => ({ shape })),
      this.structureOf({}, shapes.length),
      training,
    )
  }

  /** @internal The states that a sequence starts from where its call gives none. */
  initialStates(step: StepLowering, graph: Graph, batch: number, training: boolean): readonly Value[] {
    const shapes = this.stateShapes(batch) as readonly Shape[]
    if (!this.getInitialState) return shapes.map((shape) => zerosOf(graph, shape))
    const where = `${this.where}.getInitialState`
    const traced = trace({ where, owner: this.where, parts: this.parts }, [], () => {
      const states = symbolicTensors(
        symbolicNumbers(underPolicy(this.dtypePolicy, () => this.getInitialState?.(batch))),
        where,
      )
      const found = states.map(({ shape }) => shape)
      if (!sameStates(found, shapes))
        fail(where, {
          expected: `to return the states ${listed(shapes)}`,
          got: found.map(showShape).join(' and '),
        })
      return states
    })
    return lowerGraph(traced, step, [], training).map(({ value }) => value)
  }

  /** @internal @throws {RecurraError} if the class does not say how a cell like this one is made. */
  override clone(changes: GivenOptions): Layer {
    const sizes = (cell: object): string => ('stateSize' in cell ? String(cell.stateSize) : '')
    try {
      const made = super.clone(changes)
      if (sizes(made) === sizes(this)) return asCell(made) ?? made
    } catch (error) {
      return refuseCopy(this, messageOf(error))
    }
    return refuseCopy(this, 'a cell of another stateSize')
  }
}

function refuseCopy({ className, where }: CustomCell, got: string): never {
  return fail(where, {
    expected: 'a class that says how a second cell like this one is made',
    got,
    remedy: `Write getConfig() { return { units: this.units } }, with all that the constructor takes, and static fromConfig({ units, ...options }) { return new ${className}(units, options) }.`,
  })
}

/** Hooks, which a class that extends Layer has itself. */
const HOOKS = ['constructor', 'build', 'call']

/**
 * A layer of the user's own as a cell, as Keras takes any layer with a size of its state: what cells do is given to the object. Null for
 * layers without one.
 */
export function asCell(layer: object): AnyCell | null {
  if (!(layer instanceof OwnCode && 'stateSize' in layer)) return null
  if (!('singleCells' in layer))
    for (const [name, member] of Object.entries(Object.getOwnPropertyDescriptors(CustomCell.prototype)))
      if (!HOOKS.includes(name)) Object.defineProperty(layer, name, { ...member, configurable: true })
  return layer as unknown as AnyCell
}

const counted = (count: number): string => (count === 1 ? 'one state' : `${count} states`)

const listed = (shapes: readonly OpenShape[]): string => `[${shapes.map(showShape).join(', ')}]`

const sameStates = (given: readonly OpenShape[], expected: readonly OpenShape[]): boolean =>
  given.length === expected.length && given.every((shape, i) => sameShape(shape, expected[i] ?? []))
