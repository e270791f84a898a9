// The uniforms of all launches of a plan, in one buffer: params, and the range of workgroups.

import { writeFields } from '../../graph/kernel.ts'
import type { Launch } from '../../graph/launch.ts'

/** Uniform offsets are multiples of 256 under the default limits. */
export const UNIFORM_STRIDE = 256
export const RANGE_BYTES = 16

/** Offsets of a launch's uniforms, in bytes. */
export interface UniformOffsets {
  /** Null if the kernel has no params. */
  readonly paramsOffset: number | null
  readonly rangeOffset: number
}

export class Uniforms {
  #bytes = 0
  readonly #writes: ((packed: ArrayBuffer) => void)[] = []
  /** Offsets of ranges by content: nearly all launches have all workgroups in x and share one range. */
  readonly #ranges = new Map<string, number>()

  get bytes(): number {
    return this.#bytes
  }

  add(launch: Launch): UniformOffsets {
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

  /** The contents of the buffer. */
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

/** The first workgroup, and the strides of y and z in workgroups: `Range` of shaders/lib/index.wgsl. */
const rangeOf = ({ first, workgroups: [x, y, z] }: Launch): number[] => [
  first,
  y * z > 1 ? x : 0,
  z > 1 ? x * y : 0,
]
