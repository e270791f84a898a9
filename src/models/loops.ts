// The loops over batches: training, evaluation, prediction. They hand steps to the device and wait for it only where
// somebody asked for a number, or where its queue is full.

import { type Executable, MAX_STEPS } from '../backends/backend.ts'
import type { StepScalars } from '../graph/operation.ts'
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
  /** The first sample's place in the data set. */
  readonly offset: number
}

/** Executables of a loop over `rows` samples: for whole batches, and for the remainder. */
async function loadSteps(
  runner: Runner,
  store: Store,
  buffers: DatasetBuffers,
  request: LoopRequest,
): Promise<(rows: number) => Executable> {
  const { kind, rows, batchSize, weights } = request
  const sizes = [...new Set([Math.min(batchSize, rows), rows % batchSize].filter((size) => size > 0))]
  const loaded = await Promise.all(sizes.map((batch) => runner.executable(store, { kind, batch, weights })))
  for (const executable of loaded) buffers.bindTo(executable)
  return (size) => loaded[sizes.indexOf(size)] as Executable
}

/** Goes once through the data in order: evaluation and prediction. */
export async function runOnce(
  runner: Runner,
  store: Store,
  buffers: DatasetBuffers,
  request: LoopRequest,
  onStep?: (done: number) => void,
): Promise<void> {
  const { rows, batchSize, offset } = request
  const executableOf = await loadSteps(runner, store, buffers, request)
  const steps = Math.ceil(rows / batchSize)
  for (let first = 0; first < steps; first += MAX_STEPS) {
    const planned = Array.from({ length: Math.min(MAX_STEPS, steps - first) }, (_, i) => {
      const start = (first + i) * batchSize
      const scalars: StepScalars = {
        start: offset + start,
        iteration: 0,
        rate: 0,
        reset: Number(start === 0),
      }
      return { size: Math.min(batchSize, rows - start), scalars }
    })
    const indices = writeSteps(planned, executableOf)
    for (const [i, { size }] of planned.entries()) {
      await store.backend.ready()
      executableOf(size).run(indices[i] as number)
      onStep?.(first + i + 1)
    }
  }
}

interface PlannedStep {
  readonly size: number
  readonly scalars: StepScalars
}

/** Uploads the scalars of steps, each executable's together; returns the index of each step in its executable's list. */
function writeSteps(planned: readonly PlannedStep[], executableOf: (size: number) => Executable): number[] {
  const lists = new Map<number, StepScalars[]>()
  const indices = planned.map(({ size, scalars }) => {
    const list = lists.get(size) ?? []
    lists.set(size, list)
    return list.push(scalars) - 1
  })
  for (const [size, list] of lists) executableOf(size).writeSteps(list)
  return indices
}

export interface TrainingLoop {
  readonly request: LoopRequest
  /** Samples in the data set, those for validation included. */
  readonly total: number
  readonly epochs: number
  readonly initialEpoch: number
  readonly shuffle: boolean
  readonly seed: number
  readonly optimizer: Optimizer
  /** How far ahead steps may be settled: one step where somebody acts on batches, an epoch where on epochs. */
  readonly horizon: 'step' | 'epoch' | 'open'
  /** Awaited where they return a promise; true stops after this step, or this epoch. */
  onEpochBegin(epoch: number): Promise<void>
  onStepBegin(step: number): Promise<void>
  onStepEnd(step: number): Promise<boolean>
  onEpochEnd(epoch: number): Promise<boolean>
}

/** Trains for `epochs`: each step one submit, its samples gathered on the device by the epoch's permutation. */
export async function runTraining(
  runner: Runner,
  store: Store,
  buffers: DatasetBuffers,
  loop: TrainingLoop,
): Promise<void> {
  const { request, epochs, optimizer, total } = loop
  const { rows, batchSize, offset } = request
  const perEpoch = Math.ceil(rows / batchSize)
  const epochsAhead =
    loop.horizon === 'open' && loop.shuffle ? Math.max(1, Math.floor(ORDER_AHEAD / rows)) : 1
  // The order of the data set itself comes first; permutations of epochs follow it.
  const capacity = total + (loop.shuffle ? epochsAhead * rows : 0)
  const order = (at: number, values: Uint32Array): void => buffers.writeOrder(at, values, capacity)
  order(0, inOrder(total))
  const executableOf = await loadSteps(runner, store, buffers, request)

  let planned: PlannedStep[] = []
  let indices: number[] = []
  let next = 0
  let ordered = loop.initialEpoch
  let firstOrdered = loop.initialEpoch

  /** Settles the steps from `step` of `epoch` on, as far as the horizon allows. */
  const settle = (epoch: number, step: number): void => {
    const steps =
      loop.horizon === 'step' ? 1 : loop.horizon === 'epoch' ? perEpoch - step : Number.POSITIVE_INFINITY
    planned = []
    next = 0
    for (let e = epoch, s = step; e < epochs && planned.length < Math.min(steps, MAX_STEPS); ) {
      if (loop.shuffle && e >= ordered) {
        if (planned.length > 0) break
        const until = Math.min(epochs, e + epochsAhead)
        const all = new Uint32Array((until - e) * rows)
        for (let i = e; i < until; i++)
          all.set(
            new Generator(loop.seed, i).permutation(rows).map((row) => row + offset),
            (i - e) * rows,
          )
        order(total, all)
        firstOrdered = e
        ordered = until
      }
      const start = s * batchSize
      const iteration = optimizer.iterations + planned.length + 1
      const base = loop.shuffle ? total + (e - firstOrdered) * rows : offset
      planned.push({
        size: Math.min(batchSize, rows - start),
        scalars: { start: base + start, iteration, rate: optimizer.rate(iteration), reset: Number(s === 0) },
      })
      if (++s === perEpoch) {
        s = 0
        e++
      }
    }
    indices = writeSteps(planned, executableOf)
  }

  for (let epoch = loop.initialEpoch; epoch < epochs; epoch++) {
    await loop.onEpochBegin(epoch)
    if (loop.horizon !== 'open') planned = []
    for (let step = 0; step < perEpoch; step++) {
      await loop.onStepBegin(step)
      if (next >= planned.length) settle(epoch, step)
      await store.backend.ready()
      const current = planned[next] as PlannedStep
      executableOf(current.size).run(indices[next] as number)
      next++
      optimizer.iterations++
      if (await loop.onStepEnd(step)) break
    }
    if (await loop.onEpochEnd(epoch)) break
  }
}
