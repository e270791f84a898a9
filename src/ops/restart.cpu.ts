// The CPU side of restart.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const restart = cpuSide<typeof Kernels.restart>({
  cpu({ state, start, y }, _params, { reset }) {
    y.set(reset ? start : state)
  },
})
