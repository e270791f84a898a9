// The loop over batches of evaluation, validation and prediction.

import { MAX_STEPS } from '../../backends/steps.ts'
import { batchSizes, type Call, type LoopRequest, type Role } from '../call.ts'
import { type PlannedStep, stepsAlike } from './loops.ts'

/** A pass over samples in order. */
interface PassRequest extends LoopRequest {
  /** Whether the pass goes on with the running means of the one before it; `false` by default. */
  readonly continues?: boolean
}

/** What a pass tells of its steps. */
export interface PassHooks {
  /** Before each step, which counts from 0, and awaited. Where it is there, steps are submitted one by one. */
  onBegin?: ((step: number) => Promise<void>) | undefined
  /** After each submit, with the number of steps that are done. */
  onEnd(done: number): Promise<void> | void
}

/** The hooks of a pass for a part of it, before which other steps were done. */
export const shifted = ({ onBegin, onEnd }: PassHooks, before: number): PassHooks => ({
  onBegin: onBegin && ((step) => onBegin(before + step)),
  onEnd: (done) => onEnd(before + done),
})

/** Steps that train are numbered from 1, all others from here, those of each role by themselves. */
const FIRST_PASS = 2 ** 31
const MOST_PASSES = 2 ** 29
const ROLES: readonly Role[] = ['validation', 'evaluate', 'predict', 'batch']

/** How many steps without training calls have made. */
const passed = new WeakMap<Call, number>()

/** The number of a call's next step without training: what draws in it draws anew, and nothing that a step of training draws. */
export function nextPass(call: Call): number {
  const before = passed.get(call) ?? 0
  passed.set(call, before + 1)
  return FIRST_PASS + ROLES.indexOf(call.role) * MOST_PASSES + (before % MOST_PASSES)
}

/** Goes once through the data in order: evaluation and prediction. */
export async function runOnce(call: Call, request: PassRequest, hooks?: PassHooks): Promise<void> {
  const { rows, batchSize } = request
  await call.load(request, batchSizes(request))
  const steps = Math.ceil(rows / batchSize)
  for (let first = 0; first < steps; first += MAX_STEPS) {
    const planned = Array.from({ length: Math.min(MAX_STEPS, steps - first) }, (_, i): PlannedStep => {
      const start = (first + i) * batchSize
      const reset = Number(start === 0 && request.continues !== true)
      const scalars = { start, iteration: nextPass(call), reset }
      return { size: Math.min(batchSize, rows - start), scalars }
    })
    call.device.check()
    call.writeSteps(planned.map(({ scalars }) => scalars))
    for (let i = 0; i < planned.length; ) {
      const { size } = planned[i] as PlannedStep
      const count = hooks?.onBegin ? 1 : stepsAlike(planned, i, call.stepsAtOnce(size))
      await hooks?.onBegin?.(first + i)
      await call.run(size, i, count)
      i += count
      await hooks?.onEnd(first + i)
    }
  }
}
