// The training loop over batches. It submits steps, and waits for the device only if a callback needs a number, or if the queue is
// full.

import { MAX_STEPS } from '../../backends/steps.ts'
import type { StepScalars } from '../../graph/operation.ts'
import type { Optimizer } from '../../training/optimizer.ts'
import { batchSizes, type Call, type LoopRequest, trainingScalars } from '../call.ts'
import { type Cursor, type Passes, wholePasses } from '../cursor.ts'
import type { Samples } from '../data/data.ts'
import { passWindows } from '../later.ts'
import { PassOrder } from '../passOrder.ts'

/** Where on the device the samples of a pass are, in the order of the pass. */
export interface SampleOrder {
  /** Whether a batch is on the device, whose first sample comes in this row. */
  has(pass: number, row: number): boolean
  /** The place of its first sample in the order on the device. If it is not there, it is uploaded in place of former ones. */
  startOf(pass: number, row: number): number
}

export interface PlannedStep {
  readonly size: number
  readonly scalars: StepScalars
}

/** How many successive steps from `first` on, at most `most`, have the same batch size and so the same executable. */
export function stepsAlike(planned: readonly PlannedStep[], first: number, most: number): number {
  let count = 1
  while (count < most && planned[first + count]?.size === planned[first]?.size) count++
  return count
}

/** The state of a fit, and its hooks around steps and epochs. */
export interface TrainingHooks {
  /** The position: the loop starts there, and updates it. */
  cursor: Cursor
  readonly epochs: number
  readonly optimizer: Optimizer
  /** Samples of each step but the last of an epoch, or of its steps one by one; the loop sets it. */
  samples: number | readonly number[]
  /** How far ahead steps may be planned: one step if there are hooks of batches, an epoch if there are hooks of epochs. */
  readonly horizon: 'step' | 'epoch' | 'open'
  onEpochBegin?(epoch: number): Promise<void>
  /** Before each step if the horizon is one step, else before each submit. */
  onStepBegin?(step: number): Promise<void>
  /** After a submit, with its last step. Waits while the fit is paused; true ends the epoch. */
  onStepEnd?(step: number): Promise<boolean>
  /** True ends the fit. */
  onEpochEnd(epoch: number): Promise<boolean>
}

/**
 * Trains on arrays, whose samples are gathered on the device by the epoch's permutation: a submit a step, or several.
 * It may start at any cursor, if the variables and totals on the device are those of that time.
 */
export async function runTraining(
  call: Call,
  request: LoopRequest & Pick<Samples, 'fields' | 'places'>,
  hooks: TrainingHooks,
  passes: Passes = wholePasses(Math.ceil(request.rows / request.batchSize), hooks.cursor),
): Promise<void> {
  const { optimizer, epochs, horizon, cursor: start } = hooks
  if (start.epoch >= epochs) return
  const range = { first: start.pass, end: passes(epochs - 1).pass + 1 }
  const { rows, batchSize } = request
  hooks.samples = batchSize
  let order: SampleOrder
  if (request.places || call.data.rowsThatFit(request) < rows) {
    const { openOrder } = await passWindows()
    order = openOrder(call, request, batchSize, start.seed)
  } else {
    call.data.upload(request)
    order = new PassOrder(call.data, rows, start.seed, range, horizon === 'open')
  }
  await call.load(request, batchSizes(request))
  const planner = new StepPlanner(request, passes, order, hooks)
  optimizer.steps = start.iteration
  const moveTo = (epoch: number, step: number): void => {
    const { pass, first } = passes(epoch)
    const { steps: iteration } = optimizer
    hooks.cursor = { epoch, step, pass, batch: first + step, iteration, seed: start.seed }
  }
  let planned: readonly PlannedStep[] = []
  let next = 0
  for (let { epoch, step } = start; epoch < epochs; epoch++, step = 0) {
    if (step === 0) await hooks.onEpochBegin?.(epoch)
    if (horizon !== 'open') next = planned.length
    const { count: steps } = passes(epoch)
    while (step < steps) {
      await hooks.onStepBegin?.(step)
      call.device.check()
      if (next >= planned.length) {
        planned = planner.plan(epoch, step)
        call.writeSteps(planned.map(({ scalars }) => scalars))
        next = 0
      }
      const { size } = planned[next] as PlannedStep
      // A submit ends with the epoch at the latest, because the numbers of the epoch are read then.
      const count = stepsAlike(planned, next, Math.min(call.stepsAtOnce(size), steps - step))
      await call.run(size, next, count)
      next += count
      step += count
      moveTo(epoch, step)
      if (await hooks.onStepEnd?.(step - 1)) break
    }
    if (await hooks.onEpochEnd(epoch)) break
    moveTo(epoch + 1, 0)
  }
}

/** Plans coming steps: their batch sizes and scalars. */
class StepPlanner {
  readonly #request: LoopRequest
  readonly #passes: Passes
  readonly #order: SampleOrder
  readonly #hooks: TrainingHooks

  constructor(request: LoopRequest, passes: Passes, order: SampleOrder, hooks: TrainingHooks) {
    this.#request = request
    this.#passes = passes
    this.#order = order
    this.#hooks = hooks
  }

  /** The steps from `step` of `epoch` on, as far as the horizon and the order on the device reach. */
  plan(epoch: number, step: number): PlannedStep[] {
    const { rows, batchSize } = this.#request
    const { horizon, epochs, optimizer } = this.#hooks
    const horizons = { step: 1, epoch: this.#passes(epoch).count - step, open: MAX_STEPS }
    const most = Math.min(horizons[horizon], MAX_STEPS)
    const planned: PlannedStep[] = []
    for (let e = epoch, s = step; e < epochs && planned.length < most; ) {
      // An upload of what comes next would overwrite those of steps that are still to run.
      const { pass, first, count } = this.#passes(e)
      const row = (first + s) * batchSize
      if (planned.length > 0 && !this.#order.has(pass, row)) break
      const start = this.#order.startOf(pass, row)
      const iteration = optimizer.steps + planned.length + 1
      planned.push({
        size: Math.min(batchSize, rows - row),
        scalars: trainingScalars(optimizer, { start, iteration, reset: s === 0 }),
      })
      s = (s + 1) % count
      if (s === 0) e++
    }
    return planned
  }
}
