// The CPU side of pad.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const pad = cpuSide<typeof Kernels.pad>({
  cpu({ x, y }, { size, height, width, channels, outHeight, outWidth, top, left }) {
    for (let i = 0; i < size; i++) {
      const column = (Math.floor(i / channels) % outWidth) - left
      const row = (Math.floor(i / (channels * outWidth)) % outHeight) - top
      const b = Math.floor(i / (channels * outWidth * outHeight))
      const inside = row >= 0 && row < height && column >= 0 && column < width
      y[i] = inside ? x[((b * height + row) * width + column) * channels + (i % channels)]! : 0
    }
  },
})
