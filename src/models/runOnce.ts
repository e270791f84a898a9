// The loop over batches of evaluation, validation and prediction.

import { MAX_STEPS } from '../backends/steps.ts'
import { batchSizes, type Call, type LoopRequest } from './call.ts'
import { type PlannedStep, stepsAlike } from './loops.ts'

/** A pass over samples in order. */
interface PassRequest extends LoopRequest {
  /** Whether the pass goes on with the running means of the one before it; `false` by default. */
  readonly continues?: boolean
}

/** Goes once through the data in order: evaluation and prediction. */
export async function runOnce(
  call: Call,
  request: PassRequest,
  onStep?: (done: number) => void,
): Promise<void> {
  const { rows, batchSize } = request
  await call.load(request, batchSizes(request))
  const steps = Math.ceil(rows / batchSize)
  for (let first = 0; first < steps; first += MAX_STEPS) {
    const planned = Array.from({ length: Math.min(MAX_STEPS, steps - first) }, (_, i): PlannedStep => {
      const start = (first + i) * batchSize
      const scalars = { start, iteration: 0, reset: Number(start === 0 && request.continues !== true) }
      return { size: Math.min(batchSize, rows - start), scalars }
    })
    call.device.check()
    call.writeSteps(planned.map(({ scalars }) => scalars))
    for (let i = 0; i < planned.length; ) {
      const { size } = planned[i] as PlannedStep
      const count = stepsAlike(planned, i, call.stepsAtOnce(size))
      await call.run(size, i, count)
      i += count
      onStep?.(first + i)
    }
  }
}
