// model.plan(): what one step costs, told before it runs.

import type { BackendName } from '../backends/backend.ts'
import { selectedBackend } from '../backends/select.ts'
import { flopsOf, printPlan, submitsOf } from '../compiler/plan.ts'
import { checkBoolean, checkExtent } from '../errors.ts'
import { DEFAULT_TRAITS } from '../graph/operation.ts'
import { nullable, readOptions, type TableFor } from '../util/options.ts'
import type { ModelCore } from './core.ts'

export interface PlanReport {
  /**
   * Where the model runs, for which the plan is made: under `setBackend('auto')` a tiny one on the CPU. Null while no backend
   * has been chosen, neither by `setBackend` nor by running a model: then the plan is that of a GPU with WebGPU's default
   * limits, of which nothing else is known.
   */
  readonly backend: BackendName | null
  /** Kernel launches, compute passes and queue submissions of a step on a GPU. */
  readonly dispatches: number
  readonly passes: number
  readonly submits: number
  /** Bytes by purpose: parameters, gradients, optimizer slots, states, activations. */
  readonly bytes: Readonly<Record<string, number>>
  /** Bytes of all of it; a data set comes on top. */
  readonly peakBytes: number
  /** Floating-point operations of products and recurrences. */
  readonly flops: number
  /** Kernels in the order of their launches. */
  readonly kernels: readonly string[]
  /** The plan as text, a line a step, with the strategy of an operation that has several. */
  toString(): string
}

export interface PlanOptions {
  /** Samples a step; `null`, the default, is 32, or what the model is fixed to. */
  readonly batchSize?: number | null
  /** Whether the step trains; `null`, the default: where the model is compiled. */
  readonly training?: boolean | null
}

const planOptions = {
  batchSize: nullable(checkExtent),
  training: nullable(checkBoolean),
} as const satisfies TableFor<PlanOptions>

export function reportPlan(core: ModelCore, options: PlanOptions): PlanReport {
  const where = `${core.where}.plan`
  const { batchSize, training: asked } = readOptions(where, planOptions, options)
  const batch = batchSize ?? core.fixedBatch ?? 32
  const training = asked ?? core.optimizer !== null
  if (training) core.compiled(where)
  core.buildOptimizer()
  const weights = core.outputs.map(() => null)
  const backend = selectedBackend(() => core.forwardFlops)
  const plan = core.planStep(
    { kind: training ? 'train' : 'predict', batch, weights },
    backend?.traits ?? DEFAULT_TRAITS,
  )
  const launches = plan.operations.flatMap(({ launches }) => launches)
  const submits = submitsOf(plan).length
  const bytes: Record<string, number> = { activations: plan.slots.reduce((sum, slot) => sum + slot, 0) }
  for (const [name, floats] of core.layout.sizes) {
    const purpose = name.startsWith('optimizer:') ? 'optimizer' : name
    bytes[purpose] = (bytes[purpose] ?? 0) + 4 * floats
  }
  return {
    backend: backend?.name ?? null,
    dispatches: launches.length,
    passes: submits,
    submits,
    bytes,
    peakBytes: Object.values(bytes).reduce((sum, part) => sum + part, 0),
    flops: flopsOf(plan),
    kernels: launches.map(({ kernel }) => kernel.name),
    toString: () => printPlan(plan),
  }
}
