// The loop over batches of evaluation, validation and prediction.

import type { Executable } from '../backends/backend.ts'
import { MAX_STEPS } from '../backends/steps.ts'
import type { DatasetBuffers } from './dataset.ts'
import { type LoopRequest, loadSteps, type PlannedStep, runSteps, stepsAlike, writeSteps } from './loops.ts'
import type { Runner } from './runner.ts'
import type { Store } from './store.ts'

/** Goes once through the data in order: evaluation and prediction. */
export async function runOnce(
  runner: Runner,
  store: Store,
  buffers: DatasetBuffers,
  request: LoopRequest,
  onStep?: (done: number) => void,
): Promise<void> {
  const { rows, batchSize, changes } = request
  const executables = await loadSteps(runner, store, buffers, request)
  const steps = Math.ceil(rows / batchSize)
  for (let first = 0; first < steps; first += MAX_STEPS) {
    const planned = Array.from({ length: Math.min(MAX_STEPS, steps - first) }, (_, i) => {
      const start = (first + i) * batchSize
      const scalars = { start, iteration: 0, reset: Number(start === 0) }
      return { size: Math.min(batchSize, rows - start), scalars }
    })
    runner.check(store)
    writeSteps(buffers, executables, planned)
    for (let i = 0; i < planned.length; ) {
      const executable = executables.get((planned[i] as PlannedStep).size) as Executable
      const count = stepsAlike(planned, i, executable.stepsAtOnce)
      await runSteps({ runner, store, changes }, executable, i, count)
      i += count
      onStep?.(first + i)
    }
  }
}
