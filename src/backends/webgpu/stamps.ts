// Timestamps of passes: queries that are written at the beginning and the end of each, and the resolution of the device's clock.

import type { GpuContext } from './context.ts'
import { hear } from './hear.ts'
import { COPY_SRC, QUERY_RESOLVE } from './usage.ts'

const NANOSECONDS = 1e6

/** A clock with a resolution above this, in milliseconds, is coarse. Browsers mostly round to 0.1 ms. */
const COARSE = 0.01

export class Stamps {
  readonly #backend: GpuContext
  readonly #queries: GPUQuerySet
  readonly #resolved: GPUBuffer
  /** The greatest common divisor of all timestamps so far, in nanoseconds: an estimate of the resolution. */
  #unit = 0n

  private constructor(backend: GpuContext, queries: GPUQuerySet, resolved: GPUBuffer) {
    this.#backend = backend
    this.#queries = queries
    this.#resolved = resolved
  }

  /** Queries for so many passes; null if the device has no timestamps. */
  static async open(backend: GpuContext, passes: number): Promise<Stamps | null> {
    const { device, connection } = backend
    if (!device.features.has('timestamp-query')) return null
    const label = 'recurra profile'
    let made: Stamps | undefined
    const report = await hear(device, () => {
      const queries = device.createQuerySet({ label, type: 'timestamp', count: 2 * passes })
      const usage = QUERY_RESOLVE | COPY_SRC
      made = new Stamps(backend, queries, device.createBuffer({ label, size: 16 * passes, usage }))
    })
    if (made && report === null) return made
    made?.destroy()
    return connection.refuse('profile', 'timestamps', report ?? { kind: 'failed', cause: 'none' })
  }

  /** Runs passes in one submit and returns the milliseconds of each. */
  async time(
    passes: number,
    encode: (pass: GPUComputePassEncoder, index: number) => void,
  ): Promise<number[]> {
    const { device, connection } = this.#backend
    const report = await hear(device, () => {
      const encoder = device.createCommandEncoder()
      for (let index = 0; index < passes; index++) {
        const pass = encoder.beginComputePass({
          timestampWrites: {
            querySet: this.#queries,
            beginningOfPassWriteIndex: 2 * index,
            endOfPassWriteIndex: 2 * index + 1,
          },
        })
        encode(pass, index)
        pass.end()
      }
      encoder.resolveQuerySet(this.#queries, 0, 2 * passes, this.#resolved, 0)
      device.queue.submit([encoder.finish()])
    })
    if (report) return connection.refuse('profile', 'commands that the device takes', report)
    const stamps = new BigUint64Array(await connection.read(this.#resolved, 0, 16 * passes))
    for (const stamp of stamps) this.#unit = greatestCommonDivisor(this.#unit, stamp)
    return Array.from({ length: passes }, (_, index) => {
      const elapsed = Number((stamps[2 * index + 1] ?? 0n) - (stamps[2 * index] ?? 0n)) / NANOSECONDS
      // The clocks of some drivers may run backwards between passes.
      return Math.max(elapsed, 0)
    })
  }

  /** The resolution of the clock in milliseconds, estimated from its stamps, if it is coarse; else null. */
  get coarseness(): number | null {
    const unit = Number(this.#unit) / NANOSECONDS
    return unit > COARSE ? unit : null
  }

  destroy(): void {
    this.#queries.destroy()
    this.#resolved.destroy()
  }
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [greater, lesser] = [a, b]
  while (lesser !== 0n) [greater, lesser] = [lesser, greater % lesser]
  return greater
}
