// The CPU side of aroundUpdate.ts.

import { clipCodes } from './aroundUpdate.ts'
import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'
import { rateOf, unscaling } from './scaledUpdate.cpu.ts'

type Scaled = { readonly SCALED?: number }

/** Steps done, this one included; with loss scaling those that were not skipped. */
const doneOf = ({ SCALED }: Scaled, scaling: Float32Array, iteration: number): number =>
  SCALED ? scaling[2]! : iteration

/** Whether the step is the last of those whose gradients are averaged. */
const isLast = (done: number, steps: number): boolean => steps === 0 || done % steps === 0

export const gradientSquares = cpuSide<typeof Kernels.gradientSquares>({
  compiled: 'gradientSquares',
  cpu({ chunks, gradients, accumulated, scaling, squares }, p, { iteration = 0 }) {
    if (!isLast(doneOf(p, scaling, iteration), p.steps)) return
    const factor = unscaling(p, scaling) * p.factor
    for (let w = 0; w < p.count; w++) {
      const offset = p.unit * chunks[5 * w]!
      const end = offset + chunks[5 * w + 1]!
      let sum = 0
      for (let i = offset; i < end; i++) {
        const g = factor * gradients[i]!
        const average = p.steps ? (g + accumulated[i]!) / p.steps : g
        sum += average * average
      }
      squares[w] = sum
    }
  },
})

export const prepareUpdate = cpuSide<typeof Kernels.prepareUpdate>({
  compiled: 'prepareUpdate',
  cpu(
    { chunks, squares, gradients, parameters, accumulated, scaling, gate },
    p,
    { iteration = 0, decay: given = 0, rate = 0 },
  ) {
    const { count, unit, steps, clip, limit } = p
    const unscale = unscaling(p, scaling)
    const factor = unscale * p.factor
    const done = doneOf(p, scaling, iteration)
    const isUpdate = unscale !== 0 && isLast(done, steps)
    gate[2] = Math.floor(done / Math.max(steps, 1))
    gate[3] = 0
    gate[4] = Number(!isUpdate && unscale !== 0)
    gate[5] = rateOf(p, scaling, rate)
    const decay = rateOf(p, scaling, given)
    if (unscale === 0) return
    const whole = clip === clipCodes.globalNorm ? shareOf(squares, limit, true) : 1
    const common = Math.fround(whole * factor)
    const isLeft = isUpdate && steps === 0 && isCommon(clip, common)
    if (isUpdate) gate[3] = isLeft ? common : 1
    for (let w = 0; w < count; w++) {
      const [at, length, first, own, weightDecay = 0] = chunks.subarray(
        5 * w,
        5 * w + 5,
      ) as unknown as number[]
      const offset = unit * at!
      const end = offset + length!
      if (!isUpdate) {
        for (let i = offset; i < end; i++) accumulated[i]! += factor * gradients[i]!
        continue
      }
      const share = clip === clipCodes.norm ? shareOf(squares.subarray(first, first! + own!), limit) : whole
      const most = clip === clipCodes.value ? limit : Infinity
      for (let i = offset; i < end && weightDecay; i++) parameters[i]! -= decay * weightDecay * parameters[i]!
      if (isLeft) continue
      for (let i = offset; i < end; i++) {
        const g = factor * gradients[i]!
        const average = share * (steps ? (g + accumulated[i]!) / steps : g)
        gradients[i] = Math.max(-most, Math.min(average, most))
      }
      if (steps) accumulated.fill(0, offset, end)
    }
  },
})

/**
 * Whether the update multiplies gradients by a factor, so that they stay as they are: where one is of all, and is not 0, which would tell
 * the update to do nothing.
 */
const isCommon = (clip: number, factor: number): boolean =>
  clip === clipCodes.globalNorm ? factor !== 0 : clip === clipCodes.none && factor === 1

/** By how much gradients with these squares shrink; NaN where `isGlobal` and the norm is infinite. */
function shareOf(squares: Float32Array, limit: number, isGlobal = false): number {
  let sum = 0
  for (const square of squares) sum += square
  return isGlobal && sum === Infinity ? Number.NaN : limit / Math.max(Math.sqrt(sum), limit)
}

export const averageWeights = cpuSide<typeof Kernels.averageWeights>({
  compiled: 'averageWeights',
  cpu({ parameters, averages, scaling }, p, { iteration = 0 }) {
    const { size, NEW_SHARE: share = 1, OVERWRITES: frequency = 0 } = p
    const isUpdate = unscaling(p, scaling) !== 0
    if (!isUpdate && scaling[4] !== 1) return
    const before = doneOf(p, scaling, iteration) - Number(isUpdate)
    for (let i = 0; i < size; i++) {
      const w = parameters[i]!
      averages[i] = before > 0 ? averages[i]! + (w - averages[i]!) * share : w
    }
    if (frequency > 0 && (before + 1) % frequency === 0) parameters.set(averages)
  },
})
