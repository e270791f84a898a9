// The CPU side of strided.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const strided = cpuSide<typeof Kernels.strided>({
  cpu({ x, y }, { size, value, lattices, AXES = 1 }) {
    const axes = Array.from({ length: AXES }, (_, axis) => {
      const [count = 1, extent = 1, stride = 1, , start = 0, step = 1, spacing = 1] = lattices.slice(8 * axis)
      return { count, extent, stride, start, step, spacing }
    })
    /** The place of y's entry i in x along an axis; −1 where x has none. */
    const sourceOf = ({ extent, start, step, spacing }: (typeof axes)[number], i: number): number => {
      const source = (start + step * i) / spacing
      return source >= 0 && source < extent && Number.isInteger(source) ? source : -1
    }
    const last = AXES - 1
    const { count } = axes[last]!
    const sources = Int32Array.from({ length: count }, (_, i) => sourceOf(axes[last]!, i))
    // A run of the last axis after the other.
    for (let from = 0; from < size; from += count) {
      let rest = from / count
      let place = 0
      for (let axis = last - 1; axis >= 0 && place >= 0; axis--) {
        const along = axes[axis]!
        const source = sourceOf(along, rest % along.count)
        place = source < 0 ? -1 : place + source * along.stride
        rest = Math.floor(rest / along.count)
      }
      for (let i = 0; i < count; i++) {
        const source = sources[i]!
        y[from + i] = place < 0 || source < 0 ? value : x[place + source]!
      }
    }
  },
})
