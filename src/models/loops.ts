// The loop over batches of training, and what it shares with that of evaluation and prediction. Loops hand steps to the
// device and wait for it only where somebody asked for a number, or where its queue is full.

import type { Executable } from '../backends/backend.ts'
import { MAX_STEPS } from '../backends/steps.ts'
import type { StepScalars } from '../graph/operation.ts'
import type { Variable } from '../layers/variable.ts'
import type { Optimizer } from '../training/optimizers.ts'
import { Generator } from '../util/generator.ts'
import type { Shape } from '../util/shape.ts'
import { type DatasetBuffers, inOrder } from './dataset.ts'
import type { Runner } from './runner.ts'
import type { StepKind } from './stepGraph.ts'
import type { Store } from './store.ts'

/** Samples of permutations that are uploaded ahead, so that short epochs cost no upload each. */
const ORDER_AHEAD = 65536

export interface LoopRequest {
  readonly kind: StepKind
  readonly rows: number
  readonly batchSize: number
  readonly weights: readonly (Shape | null)[]
  /** What a step changes on the device. */
  readonly changes: (variable: Variable) => boolean
}

/** Whose steps are run, and what they change. */
export interface StepOwner {
  readonly runner: Runner
  readonly store: Store
  readonly changes: (variable: Variable) => boolean
  /** Counts the steps, where they train. */
  readonly optimizer?: Optimizer
}

/**
 * Hands steps to the device, one by default; values that were set on the host meanwhile go there first.
 *
 * @throws {RecurraError} if the device refuses them; then nothing has changed.
 */
export async function runSteps(
  owner: StepOwner,
  executable: Executable,
  first = 0,
  count = 1,
): Promise<void> {
  const { runner, store, changes, optimizer } = owner
  const accepted = executable.accept()
  if (accepted) await runner.expect(accepted, executable)
  await store.backend.ready()
  runner.check(store)
  if (!store.isCurrent) {
    do await store.sync()
    while (!store.isUploaded)
  }
  // Nothing is awaited until the step is handed over and accounted for, so that no call can come between.
  runner.check(store)
  executable.run(first, count)
  store.markChanged(changes)
  if (optimizer) optimizer.iterations += count
}

/** Executables of a loop, by the samples of their batch. */
export type StepTable = ReadonlyMap<number, Executable>

/** Executables of a loop over `rows` samples: for whole batches, and for the remainder. */
export async function loadSteps(
  runner: Runner,
  store: Store,
  buffers: DatasetBuffers,
  request: LoopRequest,
): Promise<StepTable> {
  const { kind, rows, batchSize, weights } = request
  const sizes = [...new Set([Math.min(batchSize, rows), rows % batchSize].filter((size) => size > 0))]
  const loaded = sizes.map(async (batch) => {
    const executable = await runner.executable(store, { kind, batch, weights }, buffers)
    return [batch, executable] as const
  })
  return new Map(await Promise.all(loaded))
}

export interface PlannedStep {
  readonly size: number
  readonly scalars: StepScalars
}

/** Uploads the scalars of steps. */
export function writeSteps(
  buffers: DatasetBuffers,
  executables: StepTable,
  planned: readonly PlannedStep[],
): void {
  buffers.writeSteps(
    [...executables.values()],
    planned.map(({ scalars }) => scalars),
  )
}

/** How many of the steps from `first` on, `most` at most, are of one size, and so of one executable. */
export function stepsAlike(planned: readonly PlannedStep[], first: number, most: number): number {
  let count = 1
  while (count < most && planned[first + count]?.size === planned[first]?.size) count++
  return count
}

/** What happens around the steps of a fit. */
export interface TrainingHooks {
  readonly epochs: number
  readonly initialEpoch: number
  /** Batches an epoch; null for all of an array's, and where a stream says itself when it ends. */
  readonly stepsPerEpoch: number | null
  readonly optimizer: Optimizer
  /** How far ahead steps may be settled: one step where somebody acts on batches, an epoch where on epochs. */
  readonly horizon: 'step' | 'epoch' | 'open'
  onEpochBegin(epoch: number): Promise<void>
  /** Before each step where the horizon is one step, and otherwise before each submit. */
  onStepBegin(step: number): Promise<void>
  /** After them, with the last step that was handed over; true ends the epoch. */
  onStepEnd(step: number): Promise<boolean>
  /** True ends the fit. */
  onEpochEnd(epoch: number): Promise<boolean>
}

/** Trains on resident data, whose samples are gathered on the device by the epoch's permutation: a submit a step, or several. */
export async function runTraining(
  runner: Runner,
  store: Store,
  buffers: DatasetBuffers,
  request: LoopRequest,
  seed: number | null,
  hooks: TrainingHooks,
): Promise<void> {
  const passes = new Passes(Math.ceil(request.rows / request.batchSize), hooks)
  const order = new PassOrder(buffers, request.rows, seed, hooks.horizon, passes)
  const executables = await loadSteps(runner, store, buffers, request)
  const planner = new StepPlanner(request, passes, order, hooks)
  const owner = { runner, store, changes: request.changes, optimizer: hooks.optimizer }
  let planned: readonly PlannedStep[] = []
  let next = 0
  for (let epoch = hooks.initialEpoch; epoch < hooks.epochs; epoch++) {
    await hooks.onEpochBegin(epoch)
    if (hooks.horizon !== 'open') next = planned.length
    const { count: steps } = passes.batchesOf(epoch)
    for (let step = 0; step < steps; ) {
      await hooks.onStepBegin(step)
      runner.check(store)
      if (next >= planned.length) {
        planned = planner.settle(epoch, step)
        writeSteps(buffers, executables, planned)
        next = 0
      }
      const executable = executables.get((planned[next] as PlannedStep).size) as Executable
      // What is planned is no more than the horizon; an epoch's numbers are read when its last step has been handed over.
      const count = stepsAlike(planned, next, Math.min(executable.stepsAtOnce, steps - step))
      await runSteps(owner, executable, next, count)
      next += count
      step += count
      if (await hooks.onStepEnd(step - 1)) break
    }
    if (await hooks.onEpochEnd(epoch)) break
  }
}

/** Which batches epochs take: with `stepsPerEpoch` a pass through the data may last several epochs, as in Keras. */
class Passes {
  readonly first: number
  readonly end: number
  readonly #batches: number
  readonly #perEpoch: number
  /** Epochs that a pass lasts. */
  readonly #length: number

  constructor(batches: number, { stepsPerEpoch, initialEpoch, epochs }: TrainingHooks) {
    this.#batches = batches
    this.#perEpoch = stepsPerEpoch ?? batches
    this.#length = Math.ceil(batches / this.#perEpoch)
    this.first = initialEpoch
    this.end = initialEpoch + Math.ceil((epochs - initialEpoch) / this.#length)
  }

  /** The pass that an epoch belongs to, the first of its batches in that, and how many they are. */
  batchesOf(epoch: number): { readonly pass: number; readonly first: number; readonly count: number } {
    const nth = epoch - this.first
    const first = (nth % this.#length) * this.#perEpoch
    const pass = this.first + Math.floor(nth / this.#length)
    return { pass, first, count: Math.min(this.#perEpoch, this.#batches - first) }
  }
}

/** The order in which passes through the data take their samples, on the device some passes ahead. */
class PassOrder {
  readonly #buffers: DatasetBuffers
  readonly #rows: number
  readonly #seed: number | null
  readonly #ahead: number
  readonly #last: number
  #first: number
  #end: number

  constructor(
    buffers: DatasetBuffers,
    rows: number,
    seed: number | null,
    horizon: TrainingHooks['horizon'],
    { first, end }: Passes,
  ) {
    this.#buffers = buffers
    this.#rows = rows
    this.#seed = seed
    this.#last = end
    const most = Math.min(end - first, Math.floor(ORDER_AHEAD / rows))
    this.#ahead = seed !== null && horizon === 'open' ? Math.max(1, most) : 1
    this.#first = first
    this.#end = first
    // It is there before plans are pointed at it, and does not grow after.
    buffers.buffer('permutation', 4 * this.#ahead * rows)
    if (seed === null) buffers.writeOrder(inOrder(rows))
  }

  /** Whether a pass's order is there already. */
  has(pass: number): boolean {
    return this.#seed === null || pass < this.#end
  }

  /** Where a pass's order starts; uploads it, and that of passes to come, where it is not there. */
  startOf(pass: number): number {
    if (this.#seed === null) return 0
    if (!this.has(pass)) {
      this.#first = pass
      this.#end = Math.min(this.#last, pass + this.#ahead)
      const orders = new Uint32Array((this.#end - pass) * this.#rows)
      for (let p = pass; p < this.#end; p++) {
        orders.set(new Generator(this.#seed, p).permutation(this.#rows), (p - pass) * this.#rows)
      }
      this.#buffers.writeOrder(orders, this.#ahead * this.#rows)
    }
    return (pass - this.#first) * this.#rows
  }
}

/** Settles the scalars of steps to come. */
class StepPlanner {
  readonly #request: LoopRequest
  readonly #passes: Passes
  readonly #order: PassOrder
  readonly #hooks: TrainingHooks

  constructor(request: LoopRequest, passes: Passes, order: PassOrder, hooks: TrainingHooks) {
    this.#request = request
    this.#passes = passes
    this.#order = order
    this.#hooks = hooks
  }

  /** The steps from `step` of `epoch` on, as far as the horizon and the order on the device reach. */
  settle(epoch: number, step: number): PlannedStep[] {
    const { rows, batchSize } = this.#request
    const { horizon, epochs, optimizer } = this.#hooks
    const horizons = { step: 1, epoch: this.#passes.batchesOf(epoch).count - step, open: MAX_STEPS }
    const most = Math.min(horizons[horizon], MAX_STEPS)
    const planned: PlannedStep[] = []
    for (let e = epoch, s = step; e < epochs && planned.length < most; ) {
      // An upload of the next orders would overwrite those of steps that are still to run.
      const { pass, first, count } = this.#passes.batchesOf(e)
      if (planned.length > 0 && !this.#order.has(pass)) break
      const start = (first + s) * batchSize
      const iteration = optimizer.iterations + planned.length + 1
      planned.push({
        size: Math.min(batchSize, rows - start),
        scalars: {
          start: this.#order.startOf(pass) + start,
          iteration,
          reset: Number(s === 0),
          ...optimizer.scalars(iteration),
        },
      })
      s = (s + 1) % count
      if (s === 0) e++
    }
    return planned
  }
}
