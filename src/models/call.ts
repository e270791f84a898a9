// A call of a model on a device: its data, its compiled steps, and how steps are run.

import type { Executable } from '../backends/backend.ts'
import { impossible } from '../errors.ts'
import type { StepScalars } from '../graph/operation.ts'
import type { Variable } from '../layers/weights/variable.ts'
import { RATES } from '../ops/lagHistory.ts'
import type { Optimizer } from '../training/optimizer.ts'
import type { Shape } from '../util/shape.ts'
import { DatasetBuffers } from './data/dataset.ts'
import type { DeviceModel } from './deviceModel.ts'
import { reports } from './later.ts'
import type { StepKind, TargetShape } from './stepGraph.ts'

/** Calls of one role wait for each other and share buffers. */
export type Role = 'fit' | 'validation' | 'evaluate' | 'predict' | 'batch'

/** A loop over samples in batches, with steps of one kind. */
export interface LoopRequest {
  readonly kind: StepKind
  readonly rows: number
  readonly batchSize: number
  /** Shapes of one sample of each input. */
  readonly inputs: readonly Shape[]
  /** Shapes of one sample's targets, where the data say them (stepGraph.ts). */
  readonly targets: readonly TargetShape[]
  /** Shapes of one sample's weights of each output, null where there are none. */
  readonly weights: readonly (Shape | null)[]
}

/** The sizes of a loop's batches: whole ones, and the remainder. */
export const batchSizes = ({ rows, batchSize }: Pick<LoopRequest, 'rows' | 'batchSize'>): number[] =>
  [...new Set([Math.min(batchSize, rows), rows % batchSize])].filter((size) => size > 0)

/** The scalars of a training step: where its batch starts, its number, whether means start anew, and those of the optimizer. */
export const trainingScalars = (
  optimizer: Optimizer,
  {
    start,
    iteration,
    reset,
  }: { readonly start: number; readonly iteration: number; readonly reset: boolean },
): StepScalars => ({ start, iteration, reset: Number(reset), ...optimizer.scalars(iteration) })

export class Call {
  readonly device: DeviceModel
  readonly role: Role
  readonly data: DatasetBuffers
  #kind: StepKind = 'predict'
  /** Steps by batch size. */
  #steps: ReadonlyMap<number, Executable> = new Map()
  #check: () => void = () => undefined
  /** Ends the call between two steps. */
  #signal: AbortSignal | null = null
  /** The code that reads what steps report, once the call needs it. */
  #reports: ReturnType<typeof reports> | undefined

  constructor(device: DeviceModel, role: Role) {
    this.device = device
    this.role = role
    this.data = new DatasetBuffers(device.backend, device.layout.sizeOf('totals'))
  }

  begin(signal: AbortSignal | null = null): void {
    this.#signal = signal
    this.#reports = undefined
    this.#check = this.device.backend.watch()
    const { core, layout } = this.device
    // An id that a former call reported is not of this one.
    if (core.readsIds) this.data.writeTotals(new Uint32Array(layout.sizeOf('totals')))
  }

  /** What ends the call: the user's signal, and that the model is disposed. */
  get signals(): readonly AbortSignal[] {
    const { signal } = this.device.core.disposal
    return this.#signal ? [this.#signal, signal] : [signal]
  }

  /** Throws if the device was lost, or reported an error since the call began. */
  check(): void {
    this.#check()
  }

  /**
   * Reads the state of losses and metrics. The device does not wait: it only copies the state.
   *
   * @throws {RecurraError} if a layer has met an id that it has no row for.
   */
  async readTotals(): Promise<Uint32Array> {
    const totals = await this.data.readTotals()
    this.#check()
    const { core, layout } = this.device
    if (totals[layout.placeOfSkipped + 1] || core.scalesLoss) {
      // Epochs that wait for the same promise go on in their order; by imports of their own a former one might tell its numbers last.
      this.#reports ??= reports()
      const { readReports } = await this.#reports
      readReports(core, totals, this.#kind)
    }
    return totals
  }

  /** Compiles and loads steps for batches of these sizes, and binds them to the present buffers. */
  async load(
    { kind, inputs, targets, weights }: Pick<LoopRequest, 'kind' | 'inputs' | 'targets' | 'weights'>,
    sizes: readonly number[],
  ): Promise<void> {
    const { device, data, role } = this
    device.check()
    const executables = await device.steps.use(
      role,
      sizes.map((batch) => ({ kind, batch, inputs, targets, weights })),
    )
    device.check()
    for (const executable of executables) data.bindTo(executable)
    this.#kind = kind
    this.#steps = new Map(sizes.map((batch, i) => [batch, executables[i] as Executable]))
  }

  #stepOf(size: number): Executable {
    return this.#steps.get(size) ?? impossible(`no step for ${size} samples is loaded`)
  }

  /** How many steps of this batch size should be run at once. */
  stepsAtOnce(size: number): number {
    return this.#stepOf(size).stepsAtOnce
  }

  /** Uploads the scalars of coming steps; a step's index in the list is its number for {@link run}. */
  writeSteps(steps: readonly StepScalars[]): void {
    this.data.writeSteps([...this.#steps.values()], steps)
  }

  /**
   * Submits steps, one by default, after values that were set on the host meanwhile.
   *
   * @throws {RecurraError} if the device refuses the steps, or the reason of an aborted signal; nothing has changed then.
   */
  async run(size: number, first = 0, count = 1): Promise<void> {
    const { device } = this
    const { store, steps } = device
    const executable = this.#stepOf(size)
    await device.backend.ready()
    this.#signal?.throwIfAborted()
    device.check()
    let isSynced = store.isCurrent
    for (;;) {
      const accepted = executable.accept()
      if (accepted !== null) await steps.expect(accepted, executable)
      else if (!isSynced || !store.isUploaded) {
        await store.sync()
        isSynced = true
      } else break
      device.check()
    }
    // There is no await between here and the end, so that no other call can run before the changes are recorded.
    const { optimizer } = device.core
    const trains = this.#kind === 'train' && optimizer
    if (!trains || store.lag + count > RATES) store.settle()
    executable.run(first, count)
    store.markChanged(this.#changes)
    if (trains) {
      optimizer.steps += count
      store.lag += count
    }
  }

  /** Whether a step changes a variable on the device. */
  readonly #changes = (variable: Variable): boolean => {
    const { core } = this.device
    const isTrained = this.#kind === 'train' && (variable.kind !== 'weight' || core.trained.has(variable))
    return isTrained || !!variable.isAssigned
  }
}
