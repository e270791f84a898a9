// model.plan(): what one step costs, told before it runs.

import type { BackendName } from '../backends/backend.ts'
import { selectedBackend } from '../backends/select.ts'
import { flopsOf, printPlan, submitsOf } from '../compiler/plan.ts'
import { checkBoolean, checkExtent, describeValue, fail } from '../errors.ts'
import { DEFAULT_TRAITS } from '../graph/operation.ts'
import { fitsShape, outputSamples } from '../layers/layerGraph.ts'
import { shape } from '../layers/options.ts'
import { nullable, readOptions, type TableFor } from '../util/options.ts'
import { isKnown, type Shape, showShape } from '../util/shape.ts'
import type { ModelCore } from './core.ts'
import { sampleShape } from './stepGraph.ts'

export interface PlanReport {
  /**
   * Where the model runs, for which the plan is made: under `setBackend('auto')` a tiny one on the CPU. Null while no backend
   * has been chosen, neither by `setBackend` nor by running a model: then the plan is that of a GPU with WebGPU's default
   * limits, of which nothing else is known.
   */
  readonly backend: BackendName | null
  /** Kernel launches, compute passes and queue submissions of a step on a GPU. */
  readonly dispatches: number
  /** Compute passes of a step. */
  readonly passes: number
  /** Submits to the queue of a step. */
  readonly submits: number
  /** Bytes by purpose: parameters, gradients, optimizer slots, histories of tables, states, activations. */
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
  /**
   * Shape of one sample, `[50, 3]`, of a model that leaves extents of its input open; of several inputs a list of shapes. `null`,
   * the default, takes the extents that the model has.
   */
  readonly shapes?: Shape | readonly Shape[] | null
  /** Whether the step trains; `null`, the default: where the model is compiled. */
  readonly training?: boolean | null
}

const planOptions = {
  batchSize: nullable(checkExtent),
  shapes: nullable<readonly unknown[], Shape | readonly Shape[]>((where, name, value) =>
    Array.isArray(value)
      ? value
      : fail(where, { expected: `${name} as lists of extents`, got: describeValue(value) }),
  ),
  training: nullable(checkBoolean),
} as const satisfies TableFor<PlanOptions>

/** The shapes of one sample of each input, as given, or as the model has them. */
export function readShapes(core: ModelCore, given: readonly unknown[] | null, where: string): Shape[] {
  const { inputs } = core
  const isList = inputs.length > 1 || Array.isArray(given?.[0])
  const list = given === null ? inputs.map(sampleShape) : isList ? given : [given]
  const shapes = list.map((entry) => shape(where, 'shapes', entry))
  const fit = inputs.every((input, i) => {
    const found = shapes[i]
    return found && isKnown(found) && fitsShape([null, ...found], input.shape)
  })
  if (fit && shapes.length === inputs.length) {
    outputSamples(core, shapes as Shape[], where)
    return shapes as Shape[]
  }
  return fail(where, {
    expected: `shapes of one sample each for ${inputs.map(({ shape }) => showShape(shape)).join(' and ')}`,
    got: given === null ? 'none' : describeValue(given),
    remedy: 'Give { shapes: [timesteps, features] } with the extents that samples have.',
  })
}

export function reportPlan(core: ModelCore, options: PlanOptions): PlanReport {
  const where = `${core.where}.plan`
  const { batchSize, shapes, training: asked } = readOptions(where, planOptions, options)
  const batch = batchSize ?? core.fixedBatch ?? 32
  const training = asked ?? core.optimizer !== null
  if (training) core.compiled(where)
  core.buildOptimizer()
  const weights = core.outputs.map(() => null)
  const inputs = readShapes(core, shapes, where)
  const backend = selectedBackend(() => core.forwardFlops(inputs))
  const plan = core.planStep(
    { kind: training ? 'train' : 'predict', batch, inputs, targets: [], weights },
    backend?.traits ?? DEFAULT_TRAITS,
  )
  const launches = plan.operations.flatMap(({ launches }) => launches)
  const submits = submitsOf(plan).length
  const bytes: Record<string, number> = { activations: plan.slots.reduce((sum, slot) => sum + slot, 0) }
  for (const [name, floats] of core.layout.sizes) {
    const [purpose = name] = name.split(':')
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
