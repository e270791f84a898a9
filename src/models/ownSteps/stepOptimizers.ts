// The optimizers that a step applies, as the one that a model trains by: it counts the steps of all, and plans what each is told.

import { describeValue, fail, impossible } from '../../errors.ts'
import type { StepScalars } from '../../graph/operation.ts'
import type { Variable } from '../../layers/weights/variable.ts'
import { MOST_GATES } from '../../ops/updateGate.ts'
import { Optimizer } from '../../training/optimizer.ts'
import { scalingOf } from '../../training/scaling.ts'
import type { Layout } from '../layout.ts'
import type { Trained } from '../trained.ts'

/** Weights that an optimizer changes at one place of a step. */
export interface Update {
  readonly where: string
  readonly optimizer: Optimizer
  readonly weights: readonly Variable[]
}

export class StepOptimizers extends Optimizer {
  /** The optimizer of `compile`, which steps may leave alone. */
  readonly compiled: Optimizer
  /** The updates of a step, in its order; none before a step was traced. */
  #updates: readonly Update[] = []
  #count: number

  constructor(compiled: Optimizer) {
    super(
      'trainStep',
      { learningRate: 0 },
      { slots: [], scalars: () => ({}), lower: () => impossible('a step applies its optimizers itself') },
    )
    this.compiled = compiled
    this.#count = compiled.steps
  }

  get #all(): readonly Optimizer[] {
    return [...new Set([this.compiled, ...this.#updates.map(({ optimizer }) => optimizer)])]
  }

  /** How often a step applies an optimizer. */
  #times(optimizer: Optimizer): number {
    return this.#updates.filter((update) => update.optimizer === optimizer).length
  }

  override get steps(): number {
    return this.#count
  }

  override set steps(value: number) {
    const more = value - this.#count
    this.#count = value
    // That of `compile` counts steps where these leave it alone, so that files have how many there were.
    for (const optimizer of this.#all) optimizer.steps += more * (this.#times(optimizer) || 1)
  }

  override get variables(): readonly Variable[] {
    return this.#all.flatMap(({ variables }) => variables)
  }

  /** Makes nothing: what an optimizer trains is known once a step is traced. */
  override build(): boolean {
    return false
  }

  override reset(): void {
    for (const optimizer of this.#all) optimizer.reset()
    this.#count = 0
  }

  /** What the updates of a step are told; where there are several, by their gates (ops/updateGate.ts). */
  override scalars(iteration: number): StepScalars {
    const ahead = iteration - this.#count
    const [only, ...others] = this.#updates
    if (only && others.length === 0) return only.optimizer.scalars(only.optimizer.steps + ahead)
    // Kernels are told these, too, and read their gates.
    const scheduled = this.#updates.reduce(
      (bits, { optimizer }, i) => bits | (Number(optimizer.hasSchedule) << i),
      0,
    )
    const scalars: Record<string, number> = { rate: 0, first: 0, second: 0, decay: 0, scheduled }
    const done = new Map<Optimizer, number>()
    for (let i = 0; i < MOST_GATES; i++) {
      const optimizer = this.#updates[i]?.optimizer
      const before = (optimizer && done.get(optimizer)) ?? 0
      const updates = optimizer ? optimizer.steps + (ahead - 1) * this.#times(optimizer) + before + 1 : 0
      if (optimizer) done.set(optimizer, before + 1)
      scalars[`updates${i}`] = updates
      scalars[`rate${i}`] = optimizer?.rateAt(updates - 1) ?? 0
    }
    return scalars
  }

  /** Makes the state for the updates of a step, and places what is new. */
  settle(updates: readonly Update[], layout: Layout, trained: Trained): void {
    if (updates.length > MOST_GATES)
      fail(updates[MOST_GATES]?.where ?? '', {
        expected: `at most ${MOST_GATES} updates in a step`,
        got: `${updates.length}`,
      })
    for (const update of updates) {
      if (!(update.optimizer instanceof Optimizer))
        fail(update.where, { expected: 'an optimizer', got: describeValue(update.optimizer) })
      const first = updates.find(({ optimizer }) => optimizer === update.optimizer) ?? update
      const isSame = first.weights.length === update.weights.length
      if (!isSame || first.weights.some((weight, i) => weight !== update.weights[i]))
        fail(update.where, {
          expected: 'the same weights each time that a step applies an optimizer',
          got: 'others than before',
          remedy: 'Make an optimizer for each list of weights.',
        })
      const frozen = update.weights.find((weight) => !trained.has(weight))
      if (frozen)
        fail(update.where, {
          expected: 'weights that were trainable when compile was called',
          got: `"${frozen.path}"`,
        })
      const { optimizer, weights } = update
      if (!optimizer.build(weights)) continue
      // Which weights the state in a file is of, the first step says that applies the optimizer.
      const { restore } = optimizer
      optimizer.restore = undefined
      restore?.()
    }
    this.#updates = updates
    this.placeIn(layout)
  }

  /** The numbers of the updates that may be skipped, since a scale of the loss is found in training. */
  get scaledUpdates(): readonly number[] {
    return this.#updates.flatMap(({ optimizer: { lossScale } }, i) => (lossScale ? [i] : []))
  }

  /** @param skipped How many updates of the optimizer the device has skipped, as one of a step tells. */
  readSkipped(skipped: (update: number) => number): void {
    // Of an optimizer that a step applies several times, the last one tells the newest number.
    for (const i of this.scaledUpdates) {
      const scaling = scalingOf((this.#updates[i] as Update).optimizer)
      if (scaling) scaling.skipped = skipped(i)
    }
  }

  /** Places slots that have no place yet, in arenas of their own, since buffers of those that there are may have been made. */
  placeIn(layout: Layout): void {
    const { size } = layout.places
    for (const variable of this.variables)
      if (!layout.places.has(variable)) layout.place(variable, `optimizer:${variable.slot}:${size}`)
  }
}
