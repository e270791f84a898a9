// The CPU side of lamb.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'
import { rateOf, unscaling } from './scaledUpdate.cpu.ts'

interface Corrected {
  readonly SCALED?: number
  readonly firstShare: number
  readonly secondShare: number
}

/** Of m and of v: 1 / (1 − βᵗ). */
const correctionsOf = (
  { SCALED, firstShare, secondShare }: Corrected,
  scaling: Float32Array,
  { first = 1, second = 1 }: { readonly first?: number; readonly second?: number },
): readonly [number, number] =>
  SCALED
    ? [1 / (1 - (1 - firstShare) ** scaling[2]!), 1 / (1 - (1 - secondShare) ** scaling[2]!)]
    : [first, second]

export const lambMoments = cpuSide<typeof Kernels.lambMoments>({
  compiled: 'lambMoments',
  cpu({ chunks, gradients, parameters, m, v, squares, scaling }, p, step) {
    const unscale = unscaling(p, scaling)
    if (unscale === 0) return
    const [first, second] = correctionsOf(p, scaling, step)
    for (let w = 0; w < p.count; w++) {
      const offset = p.unit * chunks[5 * w]!
      let [ofWeights, ofSteps] = [0, 0]
      for (let i = offset; i < offset + chunks[5 * w + 1]!; i++) {
        const g = unscale * gradients[i]!
        m[i]! += (g - m[i]!) * p.firstShare
        v[i]! += (g * g - v[i]!) * p.secondShare
        ofWeights += parameters[i]! ** 2
        ofSteps += ((first * m[i]!) / (Math.sqrt(second * v[i]!) + p.epsilon)) ** 2
      }
      squares[2 * w] = ofWeights
      squares[2 * w + 1] = ofSteps
    }
  },
})

export const lamb = cpuSide<typeof Kernels.lamb>({
  compiled: 'lamb',
  cpu({ chunks, m, v, squares, parameters, scaling }, p, step) {
    if (unscaling(p, scaling) === 0) return
    const [first, second] = correctionsOf(p, scaling, step)
    const rate = rateOf(p, scaling, step.rate)
    for (let w = 0; w < p.count; w++) {
      const offset = p.unit * chunks[5 * w]!
      const start = chunks[5 * w + 2]!
      let [ofWeights, ofSteps] = [0, 0]
      for (let i = start; i < start + chunks[5 * w + 3]!; i++) {
        ofWeights += squares[2 * i]!
        ofSteps += squares[2 * i + 1]!
      }
      const ratio = ofWeights > 0 && ofSteps > 0 ? Math.sqrt(ofWeights) / Math.sqrt(ofSteps) : 1
      for (let i = offset; i < offset + chunks[5 * w + 1]!; i++)
        parameters[i]! -= (rate * ratio * first * m[i]!) / (Math.sqrt(second * v[i]!) + p.epsilon)
    }
  },
})
