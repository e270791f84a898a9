// Runs a model on the backend in use, and moves it when another backend is chosen.

import { backendFor } from '../../backends/select.ts'
import { flopsOf } from '../../compiler/plan.ts'
import { DEFAULT_TRAITS } from '../../graph/operation.ts'
import type { Shape } from '../../util/shape.ts'
import type { ModelCore } from '../core.ts'
import { DeviceModel } from '../deviceModel.ts'
import { sampleShape } from '../stepGraph.ts'

export class Runner {
  readonly #core: ModelCore
  #device: DeviceModel | null = null
  /** Former device models, of other backends or settings, which hold values until these have been copied. */
  readonly #retired: DeviceModel[] = []
  #forwardFlops: number | null = null

  constructor(core: ModelCore) {
    this.#core = core
  }

  /** The model on the backend in use, with current values. */
  async prepare(inputs: readonly Shape[] | null): Promise<DeviceModel> {
    const backend = await backendFor(() => this.forwardFlops(inputs))
    backend.check()
    if (this.#device?.backend !== backend) this.invalidate()
    this.#device ??= new DeviceModel(this.#core, backend)
    const device = this.#device
    this.#core.backend = backend.info.backend
    device.store.dropRefused()
    await device.store.sync()
    for (const old of this.#retired.splice(0)) old.dispose()
    return device
  }

  /** FLOPs of a forward pass of the fixed batch size, or of 32 samples. As many is an open extent, if the first call has no data. */
  forwardFlops(given: readonly Shape[] | null): number {
    if (this.#forwardFlops === null) {
      const batch = this.#core.fixedBatch ?? 32
      const inputs =
        given ?? this.#core.inputs.map((input) => sampleShape(input).map((extent) => extent ?? 32))
      const plan = this.#core.planStep(
        { kind: 'predict', batch, inputs, targets: [], weights: [] },
        DEFAULT_TRAITS,
      )
      this.#forwardFlops = flopsOf(plan)
    }
    return this.#forwardFlops
  }

  /** Copies values that are newer on the device to the host, in the background. */
  backUp(): void {
    this.#device?.store.backUp()
  }

  /** Discards compiled steps and the layout; values stay in the former buffers until the next call needs them. */
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
