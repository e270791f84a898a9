// The CPU side of muon.ts.

import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'
import { muonChunkOf } from './muon.ts'
import { adamRate, rateOf, unscaling } from './scaledUpdate.cpu.ts'

export const muonMoments = cpuSide<typeof Kernels.muonMoments>({
  cpu({ chunks, gradients, parameters, m, v, directions, squares, scaling }, p, { rate = 0, first = 0 }) {
    const unscale = unscaling(p, scaling)
    if (unscale === 0) return
    const { momentum, nesterov, firstShare, secondShare, epsilon } = p
    const alpha = p.SCALED ? p.ratio * adamRate(p, scaling, rate) : first
    for (let w = 0; w < p.count; w++) {
      const { offset, length, place } = muonChunkOf(chunks, w)
      let sum = 0
      for (let j = 0; j < length; j++) {
        const i = offset + j
        const g = unscale * gradients[i]!
        if (w < p.matrices) {
          m[i] = momentum * m[i]! + g
          const direction = nesterov ? g + momentum * m[i]! : m[i]!
          directions[place + j] = direction
          sum += direction * direction
        } else {
          m[i]! += (g - m[i]!) * firstShare
          v[place + j]! += (g * g - v[place + j]!) * secondShare
          parameters[i]! -= (alpha * m[i]!) / (Math.sqrt(v[place + j]!) + epsilon)
        }
      }
      if (w < p.matrices) squares[w] = sum
    }
  },
})

export const muonScale = cpuSide<typeof Kernels.muonScale>({
  cpu({ chunks, x, squares, y }, { count }) {
    for (let w = 0; w < count; w++) {
      const chunk = muonChunkOf(chunks, w)
      let sum = 0
      for (let i = 0; i < chunk.count; i++) sum += squares[chunk.first + i]!
      const norm = Math.sqrt(sum) + 1e-7
      for (let j = chunk.place; j < chunk.place + chunk.length; j++) y[j] = x[j]! / norm
    }
  },
})

export const muonStep = cpuSide<typeof Kernels.muonStep>({
  cpu({ chunks, x, parameters, scaling }, p, { rate: given }) {
    if (unscaling(p, scaling) === 0) return
    const rate = rateOf(p, scaling, given)
    for (let w = 0; w < p.count; w++) {
      const { offset, length, place } = muonChunkOf(chunks, w)
      for (let j = 0; j < length; j++) parameters[offset + j]! -= rate * p.length * x[place + j]!
    }
  },
})
