// A cell of the user's own over a sequence: the call that was traced once is a part of the step at every time step, with the same weights.

import { fail, impossible } from '../../errors.ts'
import type { Value } from '../../graph/graph.ts'
import { putTogether, takeApart } from '../../ops/cuts.ts'
import type { TableFor } from '../../util/options.ts'
import { type OpenShape, type Shape, showShape } from '../../util/shape.ts'
import type { LayerCall } from '../call.ts'
import { knownExtent } from '../inputChecks.ts'
import { type GivenOptions, Layer } from '../layer.ts'
import { type LayerOptions, layerOptions } from '../options.ts'
import type { Variable } from '../weights/variable.ts'
import type { CustomCell } from './customCell.ts'
import { type SequenceOptions, sequenceOptions, sequenceRemedy } from './recurrent.ts'
import { checkBatch } from './recurrentChecks.ts'
import { choose, validSteps } from './validSteps.ts'

const table = { ...layerOptions, ...sequenceOptions } as const satisfies TableFor<
  LayerOptions & SequenceOptions
>

type Weights = {
  /** The stored states of a stateful layer. */
  readonly states: readonly Variable[]
}

const AXES = '[batch, timesteps, features]'

/** The layer that RNN makes of a cell, as RecurrentLayer is of cells of Recurra. */
export class CellSequence extends Layer<typeof table, Weights> {
  readonly cell: CustomCell
  readonly #where: string
  /** @internal Whether outputs of masked time steps are zeros; Bidirectional has it so where it returns sequences. */
  zeroesMasked = this.config.zeroOutputForMask

  /** @param where How errors name the RNN. */
  constructor(cell: CustomCell, where: string, given: GivenOptions) {
    super({ className: 'RNN', table, create: (options) => new CellSequence(cell, where, options) }, given)
    this.cell = cell
    this.#where = where
    // Throws where the class does not say them.
    cell.stateSizes.at(0)
    if (this.config.stateful && cell.getInitialState) {
      fail(where, {
        expected: 'a cell whose states start from zeros, for stateful: true',
        got: `${cell.where}, which has getInitialState`,
        remedy: 'Give initialState in the call, or set the states by resetStates.',
      })
    }
  }

  override get where(): string {
    return this.#where
  }

  override get takesStates(): boolean {
    return true
  }

  override get takesMask(): boolean {
    return true
  }

  override get stateNames(): readonly string[] {
    return this.cell.stateNames
  }

  override outputShapes(inputs: readonly OpenShape[], source?: Layer): readonly OpenShape[] {
    const [shape] = inputs
    if (inputs.length !== 1 || shape === undefined || shape.length < 3) {
      fail(this.where, {
        expected: `input ${AXES}`,
        got: inputs.map(showShape).join(' and ') || 'nothing',
        remedy: sequenceRemedy(shape, source),
      })
    }
    checkBatch(this, AXES, shape)
    const [batch = null, time = null, ...features] = shape
    const [, ...inner] = this.cell.outputShape([batch, ...features])
    const { returnSequences, returnState } = this.config
    const output = returnSequences ? [batch, time, ...inner] : [batch, ...inner]
    return returnState ? [output, ...this.cell.stateShapes(batch)] : [output]
  }

  override checkStates(states: readonly OpenShape[]): void {
    const { stateSizes: sizes, stateNames: names } = this.cell
    const fits =
      states.length === sizes.length &&
      states.every((shape, i) => shape.length === 2 && shape[1] === sizes[i])
    if (fits) return
    fail(this.where, {
      expected: `initialState as [${names.join(', ')}]: ${this.cell.stateShapes(null).map(showShape).join(' and ')}`,
      got: states.map(showShape).join(' and '),
    })
  }

  protected override createWeights(input: OpenShape): Weights {
    if (!this.config.stateful) return { states: [] }
    const batch = knownExtent(this, input, 0, 'samples a batch')
    const { stateNames: names } = this.cell
    return {
      states: this.cell.stateShapes(batch).map((shape, i) => this.addState(names[i] ?? '', shape as Shape)),
    }
  }

  protected override lower(call: LayerCall<Weights>): readonly Value[] {
    const {
      graph,
      step,
      training,
      inputs: [x],
      masks: [mask],
    } = call
    const cell = this.cell
    const { goBackwards, returnSequences, returnState, stateful } = this.config
    const [batch = 1, , ...features] = x.shape
    const traced = cell.traceStep([batch, ...features], training)
    const valid = validSteps(graph, mask)
    const given = call.states.length > 0 ? call.states : call.weights.states
    let states = given.length > 0 ? given : cell.initialStates(step, graph, batch, training)
    const steps = takeApart(graph, x).map((value, t) => ({ value, isValid: valid[t] }))
    // Outputs come in the order of processing.
    if (goBackwards) steps.reverse()
    let last: Value | number = 0
    const outputs = steps.map(({ value, isValid }) => {
      const inputs = [value, ...states].map((each) => ({ value: each, mask: null }))
      const [output, ...next] = cell
        .lowerTraced(step, traced, inputs, training)
        .map((result) => result.value) as [Value, ...Value[]]
      // A time step that is not valid leaves the states, and repeats the output before; before the first one these are zeros.
      const kept = (now: Value, before: Value | number): Value => choose(graph, isValid, now, before)
      states = next.map((state, i) => kept(state, states[i] ?? 0))
      const result: Value = kept(output, this.zeroesMasked ? 0 : last)
      last = result
      return result
    })
    if (stateful) call.update('states', states)
    const [first] = outputs
    if (!first) impossible(`${this.where} has no time steps`)
    return [
      returnSequences ? putTogether(graph, outputs) : (outputs.at(-1) ?? first),
      ...(returnState ? states : []),
    ]
  }
}
