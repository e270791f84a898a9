// Timestamps of passes: queries that are written at the begin and the end of each, and how finely the device's clock counts.

import type { GpuContext } from './context.ts'
import { hear } from './hear.ts'
import { COPY_SRC, QUERY_RESOLVE } from './usage.ts'

const NANOSECONDS = 1e6

/** A clock that counts in more milliseconds than these is coarse: browsers hide finer ones, mostly behind 0.1 ms. */
const COARSE = 0.01

export class Stamps {
  readonly #backend: GpuContext
  readonly #queries: GPUQuerySet
  readonly #resolved: GPUBuffer
  /** The greatest common divisor of all timestamps so far, in nanoseconds. */
  #unit = 0n

  private constructor(backend: GpuContext, queries: GPUQuerySet, resolved: GPUBuffer) {
    this.#backend = backend
    this.#queries = queries
    this.#resolved = resolved
  }

  /** Room for so many passes; null where the device has no timestamps. */
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

  /** Runs passes in one submit; the milliseconds of each. */
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
      // Clocks of some drivers go back between passes.
      return Math.max(elapsed, 0)
    })
  }

  /** The milliseconds in which the clock counts, as far as its stamps tell, where they are many; else null. */
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
