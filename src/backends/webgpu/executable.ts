// A plan on a GPU. Pipelines and bind groups are made once; a step is one encoder, one compute pass and one submit, or several
// submits if it would occupy the device for long.

import type { Plan } from '../../compiler/plan.ts'
import { flopsOf, type Submit, submitsOf } from '../../compiler/plan.ts'
import { STEP_BYTES } from '../../graph/kernel.ts'
import type { DeviceBuffer, Executable, OperationTimes } from '../backend.ts'
import type { Memory, SlotLease, SlotPool } from '../slotPool.ts'
import { type BoundLaunch, PlanBindings } from './bindings.ts'
import type { GpuContext } from './context.ts'
import { hear, type Report } from './hear.ts'
import { Uniforms } from './uniforms.ts'

export async function loadPlan(
  backend: GpuContext,
  plan: Plan,
  arena: Memory,
  slots: SlotPool,
): Promise<Executable> {
  const uniforms = new Uniforms()
  const bound = await Promise.all(
    plan.operations.flatMap(({ launches, tensors }) =>
      launches.map(async (launch): Promise<BoundLaunch> => {
        const offsets = uniforms.add(launch)
        const pipeline = await backend.pipeline(launch.kernel, launch.overrides)
        return { ...pipeline, ...offsets, launch, tensors, group: null }
      }),
    ),
  )
  const most = backend.traits.maxBufferBytes
  const largest = Math.max(0, ...plan.slots)
  if (largest > most) return (await refused()).refuseSize(plan, most, largest)
  let executable: GpuExecutable | undefined
  const lease = await slots
    .lease(plan, arena, (name, slot) => executable?.bind(name, slot))
    .catch(async (error: unknown) => (await refused()).refuseSlots(plan, error))
  const report = await hear(backend.device, () => {
    executable = new GpuExecutable(backend, { plan, launches: bound, uniforms, slots: lease })
  })
  if (executable && report === null) return executable
  executable?.dispose()
  lease.release()
  return (await refused()).refusePlan(backend, plan, report)
}

/** Loaded dynamically, because errors are rare and their texts long. */
const refused = () => import('./refusals.ts')
const profiling = () => import('./profile.ts')

/** A plan with its launches, uniforms and slots. */
interface GpuPlan {
  readonly plan: Plan
  readonly launches: readonly BoundLaunch[]
  readonly uniforms: Uniforms
  readonly slots: SlotLease
}

class GpuExecutable implements Executable {
  readonly #backend: GpuContext
  readonly plan: Plan
  readonly #launches: readonly BoundLaunch[]
  readonly #submits: readonly Submit[]
  readonly #bindings: PlanBindings
  /** The numbers of {@link PlanBindings.changes} at which the device last accepted a step, and last ran one. */
  #accepted = -1
  #ran = -1
  readonly stepsAtOnce: number

  constructor(backend: GpuContext, { plan, launches, uniforms, slots }: GpuPlan) {
    this.#backend = backend
    this.plan = plan
    this.#launches = launches
    this.#submits = submitsOf(plan)
    this.stepsAtOnce = stepsAtOnce(flopsOf(plan), launches.length, backend.traits.isSoftware)
    this.#bindings = new PlanBindings(backend, uniforms, slots)
  }

  bind(name: string, buffer: DeviceBuffer): void {
    if (!this.#bindings.set(name, buffer)) return
    for (const bound of this.#launches) {
      if (Object.values(bound.tensors).some((slice) => slice.buffer === name)) bound.group = null
    }
  }

  accept(): Promise<void> | null {
    return this.#accepted === this.#bindings.changes ? null : this.#ask()
  }

  /** Encodes a step without a submit, so that errors are found before any command has run. */
  async #ask(): Promise<void> {
    const heard = hear(this.#backend.device, () => {
      for (const part of this.#submits) this.#encode(0, 1, part)
    })
    const { changes } = this.#bindings
    const report = await heard
    // Refused memory is the cause of the other errors.
    await this.#bindings.accepted()
    if (report) return this.#refuse(report)
    this.#accepted = changes
  }

  async #refuse(report: Report): Promise<never> {
    const { refuseRun } = await refused()
    return refuseRun(this.#backend, this.plan, report, (pass, index) => {
      const bound = this.#launches[index] as BoundLaunch
      bound.group = null
      this.#launchAlone(pass, bound)
    })
  }

  run(first: number, count = 1): void {
    if (this.#ran === this.#bindings.changes) this.#run(first, count)
    // Some drivers allocate memory at the first run only; calls under way are told if that fails.
    else {
      let failure: unknown = null
      this.#backend.connection.listen(() => {
        try {
          this.#run(first, count)
        } catch (error) {
          failure = error
        }
      })
      if (failure !== null) throw failure
    }
    this.#ran = this.#bindings.changes
  }

  #run(first: number, count: number): void {
    const together = this.#submits.length === 1 ? count : 1
    try {
      for (let index = first; index < first + count; index += together) {
        for (const part of this.#submits) this.#backend.submit(this.#encode(index, together, part))
      }
    } catch (cause) {
      this.#backend.connection.refuse('step', 'commands that the device takes', { kind: 'failed', cause })
    }
  }

  /** Encodes the same range of launches for some steps. */
  #encode(first: number, count: number, { start, until }: Submit): GPUCommandBuffer {
    const encoder = this.#backend.device.createCommandEncoder()
    const pass = encoder.beginComputePass()
    let current: GPUComputePipeline | null = null
    for (let index = first; index < first + count; index++) {
      this.#setStep(pass, index)
      for (let i = start; i < until; i++) {
        const bound = this.#launches[i] as BoundLaunch
        if (bound.pipeline !== current) {
          current = bound.pipeline
          pass.setPipeline(current)
        }
        this.#launch(pass, bound)
      }
    }
    pass.end()
    return encoder.finish()
  }

  async profile(repeats: number): Promise<OperationTimes | null> {
    await this.accept()
    const { profileLaunches } = await profiling()
    return profileLaunches(this.#backend, this.plan, repeats, (pass, index) =>
      this.#launchAlone(pass, this.#launches[index] as BoundLaunch),
    )
  }

  async time(least: number): Promise<number | null> {
    await this.accept()
    const { timeRuns } = await profiling()
    return timeRuns(this.#backend, least, (pass) => {
      for (const bound of this.#launches) this.#launchAlone(pass, bound)
    })
  }

  #launchAlone(pass: GPUComputePassEncoder, bound: BoundLaunch): void {
    this.#setStep(pass, 0)
    pass.setPipeline(bound.pipeline)
    this.#launch(pass, bound)
  }

  #setStep(pass: GPUComputePassEncoder, index: number): void {
    if (this.plan.scalars.length > 0) pass.setBindGroup(1, this.#bindings.stepGroup, [index * STEP_BYTES])
  }

  #launch(pass: GPUComputePassEncoder, bound: BoundLaunch): void {
    bound.group ??= this.#bindings.groupOf(bound)
    pass.setBindGroup(0, bound.group)
    const [x, y, z] = bound.launch.workgroups
    pass.dispatchWorkgroups(x, y, z)
  }

  async read(result: string): Promise<Float32Array> {
    const found = this.plan.results.get(result)
    if (found === undefined) throw new RangeError(`the plan has no result ${result}`)
    const { buffer, offset, length, dtype } = found.slice
    const bytes = await this.#backend.connection.read(this.#bindings.bufferOf(buffer), 4 * offset, 4 * length)
    return dtype === 'u32' ? Float32Array.from(new Uint32Array(bytes)) : new Float32Array(bytes)
  }

  dispose(): void {
    this.#bindings.dispose()
  }
}

/**
 * Steps of one submit: as many as take some milliseconds, so that the cost of a submit is small beside them and the queue
 * stays short. The rates are low estimates of what adapters reach for operations of this size.
 */
function stepsAtOnce(flops: number, launches: number, isSoftware: boolean): number {
  const [flopsPerMs, launchesPerMs] = isSoftware ? [2e6, 50] : [2e8, 200]
  const ms = flops / flopsPerMs + launches / launchesPerMs
  return Math.min(Math.max(Math.floor(4 / ms), 1), 16)
}
