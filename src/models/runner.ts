// Where a model runs: on one backend at a time, the one in use.

import { backendFor } from '../backends/select.ts'
import { flopsOf } from '../compiler/plan.ts'
import { DEFAULT_TRAITS } from '../graph/operation.ts'
import type { ModelCore } from './core.ts'
import { DeviceModel } from './deviceModel.ts'

export class Runner {
  readonly #core: ModelCore
  #device: DeviceModel | null = null
  /** Models on backends or with settings of before; they hold values until these have moved. */
  readonly #retired: DeviceModel[] = []
  #forwardFlops: number | null = null

  constructor(core: ModelCore) {
    this.#core = core
  }

  /** The model on the backend in use, with current values. */
  async prepare(): Promise<DeviceModel> {
    const backend = await backendFor(() => this.forwardFlops)
    backend.check()
    if (this.#device?.backend !== backend) this.invalidate()
    this.#device ??= new DeviceModel(this.#core, backend)
    const device = this.#device
    device.store.dropRefused()
    await device.store.sync()
    for (const old of this.#retired.splice(0)) old.dispose()
    return device
  }

  /** FLOPs of a forward pass with the batch that the model is fixed to, or 32 samples. */
  get forwardFlops(): number {
    if (this.#forwardFlops === null) {
      const batch = this.#core.fixedBatch ?? 32
      const plan = this.#core.planStep({ kind: 'predict', batch, weights: [] }, DEFAULT_TRAITS)
      this.#forwardFlops = flopsOf(plan)
    }
    return this.#forwardFlops
  }

  /** Reads what the device knows newer to the host, in the background. */
  keep(): void {
    this.#device?.store.keep()
  }

  /** Forgets everything compiled and placed; values stay where they are until they are needed. */
  invalidate(): void {
    if (this.#device === null) return
    this.#device.retire()
    this.#retired.push(this.#device)
    this.#device = null
  }

  dispose(): void {
    this.invalidate()
    for (const device of this.#retired.splice(0)) device.dispose()
  }
}
