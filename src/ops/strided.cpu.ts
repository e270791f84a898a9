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
    const { count, extent, start, step, spacing } = axes[last]!
    const sources = Int32Array.from({ length: count }, (_, i) => sourceOf(axes[last]!, i))
    // Entries that lie side by side in x, too, are copied as they lie.
    const isRun = step === 1 && spacing === 1
    const first = Math.min(Math.max(-start, 0), count)
    const end = Math.max(Math.min(extent - start, count), first)
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
      if (isRun || place < 0) {
        const [begun, ended] = place < 0 ? [0, 0] : [first, end]
        y.fill(value, from, from + begun)
        if (ended > begun) y.set(x.subarray(place + start + begun, place + start + ended), from + begun)
        y.fill(value, from + ended, from + count)
        continue
      }
      for (let i = 0; i < count; i++) {
        const source = sources[i]!
        y[from + i] = source < 0 ? value : x[place + source]!
      }
    }
  },
})
