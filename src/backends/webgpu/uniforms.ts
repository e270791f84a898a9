// What kernels are told beside their tensors, all launches of a plan in one buffer: parameters, and which workgroups they have.

import { writeFields } from '../../graph/kernel.ts'
import type { Launch } from '../../graph/launch.ts'

/** Uniform offsets are multiples of 256 under the default limits. */
export const UNIFORM_STRIDE = 256
export const RANGE_BYTES = 16

/** Where a launch's uniforms lie, in bytes. */
export interface UniformPlaces {
  /** Null where the kernel takes no parameters. */
  readonly paramsOffset: number | null
  readonly rangeOffset: number
}

export class Uniforms {
  #bytes = 0
  readonly #writes: ((packed: ArrayBuffer) => void)[] = []
  /** Nearly all launches have the same range, all workgroups in x, and share it. */
  readonly #ranges = new Map<string, number>()

  get bytes(): number {
    return this.#bytes
  }

  add(launch: Launch): UniformPlaces {
    const { kernel, params } = launch
    const paramsOffset = kernel.params === null ? null : this.#take(kernel.params.size)
    if (paramsOffset !== null)
      this.#writes.push((packed) =>
        writeFields(new DataView(packed), paramsOffset, kernel.params?.fields ?? [], params),
      )
    const range = rangeOf(launch)
    const key = String(range)
    const rangeOffset = this.#ranges.get(key) ?? this.#take(RANGE_BYTES)
    if (!this.#ranges.has(key)) {
      this.#ranges.set(key, rangeOffset)
      this.#writes.push((packed) => new Uint32Array(packed, rangeOffset, range.length).set(range))
    }
    return { paramsOffset, rangeOffset }
  }

  /** The buffer's content. */
  pack(): ArrayBuffer {
    const packed = new ArrayBuffer(this.#bytes)
    for (const write of this.#writes) write(packed)
    return packed
  }

  #take(size: number): number {
    const offset = this.#bytes
    this.#bytes += Math.ceil(size / UNIFORM_STRIDE) * UNIFORM_STRIDE
    return offset
  }
}

/** The first workgroup, and how many a step in y and one in z go on: `Range` of shaders/lib/index.wgsl. */
const rangeOf = ({ first, workgroups: [x, y, z] }: Launch): number[] => [
  first,
  y * z > 1 ? x : 0,
  z > 1 ? x * y : 0,
]
