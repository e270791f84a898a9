// The CPU side of constrain.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'
import { unscaling } from './scaledUpdate.cpu.ts'

const WORDS = 12
const EPSILON = 1e-7

export const constrain = cpuSide<typeof Kernels.constrain>({
  cpu({ parameters, tiles, scaling }, p) {
    if (unscaling(p, scaling) === 0) return
    const bits = new Float32Array(tiles.buffer, tiles.byteOffset, tiles.length)
    for (let tile = 0; tile < WORDS * p.count; tile += WORDS) {
      const [start = 0, vectors = 0, stride = 0, length = 0, inner = 1] = tiles.subarray(tile)
      const [innerStride = 0, outerStride = 0, , isSigned] = tiles.subarray(tile + 5)
      const [least = 0, most = 0, rate = 0] = bits.subarray(tile + 9)
      for (let vector = 0; vector < vectors; vector++) {
        const first = start + vector * stride
        const placeOf = (i: number) => first + (i % inner) * innerStride + Math.floor(i / inner) * outerStride
        let sum = 0
        for (let i = 0; i < length; i++) sum += parameters[placeOf(i)]! ** 2
        const norm = Math.sqrt(sum)
        const factor = (rate * Math.min(Math.max(norm, least), most) + (1 - rate) * norm) / (norm + EPSILON)
        for (let i = 0; i < length; i++) {
          const w = parameters[placeOf(i)]!
          parameters[placeOf(i)] = isSigned ? Math.max(w, 0) : w * factor
        }
      }
    }
  },
})

export const assignUpdated = cpuSide<typeof Kernels.assignUpdated>({
  cpu({ x, destination, scaling }, p) {
    if (unscaling(p, scaling) !== 0) destination.set(x)
  },
})
