// The CPU side of convolution.ts.

import { activationOf } from './activationFunctions.ts'
import { batchNormalization } from './batchNormalization.cpu.ts'
import { eachWindow } from './convolutionGeometry.ts'
import { cpuSide } from './cpuSide.ts'
import type * as Kernels from './kernels.gen.ts'

export const convolution = cpuSide<typeof Kernels.convolution>({
  compiled: 'convolution',
  cpu({ x, kernel: weights, bias, y, mean, variance, gamma, beta }, p, step) {
    const channels = p.channels / p.groups
    const filters = p.filters / p.groups
    for (let i = 0; i < y.length; i++) y[i] = p.hasBias ? bias[i % p.filters]! : 0
    eachWindow(p, (output, input, entry, group) => {
      const to = output + group * filters
      for (let c = 0; c < channels; c++) {
        const factor = x[input + group * channels + c]!
        const from = (entry * channels + c) * p.filters + group * filters
        for (let f = 0; f < filters; f++) y[to + f]! += factor * weights[from + f]!
      }
    })
    if (p.normalization) {
      const [hasGamma, hasBeta] = [p.normalization & 2, p.normalization & 4]
      const columns = { ...p, size: y.length, columns: p.filters, hasGamma, hasBeta }
      batchNormalization.cpu({ x: y, mean, variance, gamma, beta, y }, columns, step)
    } else if (p.ACTIVATION) {
      const { apply } = activationOf(p.ACTIVATION)
      for (let i = 0; i < y.length; i++) y[i] = apply(y[i]!)
    }
  },
})

export const convolutionInputGradient = cpuSide<typeof Kernels.convolutionInputGradient>({
  compiled: 'convolutionInputGradient',
  cpu({ dy, kernel: weights, dx }, p) {
    const channels = p.channels / p.groups
    const filters = p.filters / p.groups
    dx.fill(0)
    eachWindow(p, (output, input, entry, group) => {
      const from = output + group * filters
      for (let c = 0; c < channels; c++) {
        const w = (entry * channels + c) * p.filters + group * filters
        let total = 0
        for (let f = 0; f < filters; f++) total += dy[from + f]! * weights[w + f]!
        dx[input + group * channels + c]! += total
      }
    })
  },
})

export const convolutionKernelGradient = cpuSide<typeof Kernels.convolutionKernelGradient>({
  compiled: 'convolutionKernelGradient',
  cpu({ x, dy, kernelParts, biasParts }, p) {
    const channels = p.channels / p.groups
    const filters = p.filters / p.groups
    const positions = p.batch * p.outRows * p.outWidth
    const perChunk = Math.ceil(positions / p.chunks)
    const entries = p.kernelRows * p.kernelWidth * channels
    kernelParts.fill(0)
    eachWindow(p, (output, input, entry, group) => {
      const chunk = Math.floor(output / p.filters / perChunk)
      for (let c = 0; c < channels; c++) {
        const factor = x[input + group * channels + c]!
        const to = (chunk * entries + entry * channels + c) * p.filters + group * filters
        for (let f = 0; f < filters; f++) kernelParts[to + f]! += factor * dy[output + group * filters + f]!
      }
    })
    if (!p.hasBias) return
    biasParts.fill(0)
    for (let n = 0; n < positions; n++) {
      const to = Math.floor(n / perChunk) * p.filters
      for (let f = 0; f < p.filters; f++) biasParts[to + f]! += dy[n * p.filters + f]!
    }
  },
})
