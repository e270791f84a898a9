// The CPU side of lossScale.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'
import {
  FIRST_RATE,
  KEPT_RATES,
  LEAST_SCALE,
  MOST_SCALE,
  OVERFLOWED,
  RATE,
  SKIPPED,
  SKIPPED_WORDS,
} from './lossScaleState.ts'

export const overflow = cpuSide<typeof Kernels.overflow>({
  cpu({ x, flags }, { size }) {
    flags.fill(0)
    for (let i = 0; i < size; i++) if (!Number.isFinite(x[i])) flags[(i >> 6) % flags.length] = 1
  },
})

export const lossScale = cpuSide<typeof Kernels.lossScale>({
  cpu({ flags, scaling, skipped, gate }, { count, growthSteps, UPDATE = 0, GATED }, step) {
    const [scale = 1, before = 0] = scaling
    const overflows = scaling[OVERFLOWED]! > 0 || flags.subarray(0, count).some((flag) => flag > 0)
    scaling[OVERFLOWED] = 0
    const { scheduled = 0 } = step
    scaling[RATE] = rateOfUpdate(scaling, GATED ? gate[RATE]! : step.rate, (scheduled >> UPDATE) & 1)
    if (overflows) {
      scaling[0] = Math.max(scale / 2, LEAST_SCALE)
      scaling[1] = 0
      scaling[3] = 0
      scaling[SKIPPED]! += 1
      skipped[0]! += 1
      skipped[SKIPPED_WORDS - 1] = scaling[SKIPPED]!
      return
    }
    const grows = before + 1 >= growthSteps
    scaling[0] = grows ? Math.min(2 * scale, MOST_SCALE) : scale
    scaling[1] = grows ? 0 : before + 1
    scaling[2]! += 1
    scaling[3] = 1 / scale
    skipped[0] = 0
    skipped[SKIPPED_WORDS - 1] = scaling[SKIPPED]!
  },
})

/** The rate of the step's update: where a schedule gives them, the one that the host gave as many steps ago as were skipped. */
function rateOfUpdate(scaling: Float32Array, rate: number, scheduled: number): number {
  const skipped = scaling[SKIPPED]!
  const planned = scaling[2]! + skipped
  scaling[FIRST_RATE + (planned % KEPT_RATES)] = rate
  if (!scheduled) return rate
  const behind = Math.min(skipped, KEPT_RATES - 1)
  return scaling[FIRST_RATE + ((planned - behind) % KEPT_RATES)]!
}
