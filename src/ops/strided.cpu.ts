// The CPU side of strided.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const strided = cpuSide<typeof Kernels.strided>({
  cpu({ x, y }, { size, value, shape, extents, strides, starts, steps, spacings, AXES = 1 }) {
    for (let element = 0; element < size; element++) {
      let rest = element
      let place = 0
      for (let axis = AXES - 1; axis >= 0 && place >= 0; axis--) {
        const source = (starts[axis]! + steps[axis]! * (rest % shape[axis]!)) / spacings[axis]!
        const isInside = source >= 0 && source < extents[axis]! && Number.isInteger(source)
        place = isInside ? place + source * strides[axis]! : -1
        rest = Math.floor(rest / shape[axis]!)
      }
      y[element] = place < 0 ? value : x[place]!
    }
  },
})
