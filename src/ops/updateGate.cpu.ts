// The CPU side of updateGate.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const updateGate = cpuSide<typeof Kernels.updateGate>({
  cpu({ gate }, { factor, UPDATE = 0 }, step) {
    const numbers = step as unknown as Readonly<Record<string, number>>
    gate.set([1, 0, numbers[`updates${UPDATE}`] ?? 0, factor, 0, numbers[`rate${UPDATE}`] ?? 0])
  },
})
