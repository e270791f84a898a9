// The CPU side of strided.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const strided = cpuSide<typeof Kernels.strided>({
  cpu({ x, y }, { size, value, shape, extents, strides, starts, steps, spacings, AXES = 1 }) {
    /** The place of y's entry i in x along an axis; −1 where x has none. */
    const sourceOf = (axis: number, i: number): number => {
      const source = (starts[axis]! + steps[axis]! * i) / spacings[axis]!
      return source >= 0 && source < extents[axis]! && Number.isInteger(source) ? source : -1
    }
    const last = AXES - 1
    const count = shape[last]!
    const sources = Int32Array.from({ length: count }, (_, i) => sourceOf(last, i))
    // A run of the last axis after the other.
    for (let from = 0; from < size; from += count) {
      let rest = from / count
      let place = 0
      for (let axis = last - 1; axis >= 0 && place >= 0; axis--) {
        const source = sourceOf(axis, rest % shape[axis]!)
        place = source < 0 ? -1 : place + source * strides[axis]!
        rest = Math.floor(rest / shape[axis]!)
      }
      for (let i = 0; i < count; i++) {
        const source = sources[i]!
        y[from + i] = place < 0 || source < 0 ? value : x[place + source]!
      }
    }
  },
})
