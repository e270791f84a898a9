// Convolution over one to three axes, channels-last: x [B, H, W, C], kernel [KH, KW, C / groups, F], bias [F] → y [B, OH, OW, F].
//   y[b, p, q, f] = act(Σ x[b, p·stride + i·dilation − padding, …, c] · kernel[i, j, c, f] + bias[f])
// or act of that normalized by the mean and variance of each filter, as batchNormalization.ts has it: the compiler adds these.
// Padding is explicit: entries before and after along each axis.

import { fail } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import { defineOp, type Gradients } from '../graph/operation.ts'
import { lastOf, type Shape, sameShape, showShape, sizeOf } from '../util/shape.ts'
import {
  type ConvolutionAttributes,
  chunksOf,
  type Geometry,
  geometry,
  outputShape,
} from './convolutionGeometry.ts'
import {
  convolutionLaunches,
  convolutionStrategies,
  forwardProduct,
  inputGradientProduct,
  kernelGradientProduct,
} from './convolutionStrategies.ts'
import {
  convolutionDirect,
  convolutionInputGradientDirect,
  convolutionInputGradientTiled,
  convolutionKernelGradientDirect,
  convolutionKernelGradientTiled,
  convolutionTiled,
  convolutionInputGradient as inputGradientKernel,
  convolution as kernel,
  convolutionKernelGradient as kernelGradientKernel,
} from './kernels.gen.ts'
import { sum } from './reduce.ts'
import { reshape } from './view.ts'

const flopsOf = (g: Geometry): number =>
  (2 * g.batch * g.outRows * g.outWidth * g.kernelRows * g.kernelWidth * g.channels * g.filters) / g.groups

export const convolution = defineOp({
  kernel,
  dims: {
    x: 'B ...S groups·C',
    kernel: '...K C F',
    bias: 'F',
    mean: 'F',
    variance: 'F',
    gamma: 'F',
    beta: 'F',
  },
  factors: ['x', 'kernel'],
  optional: ['bias', 'mean', 'variance', 'gamma', 'beta'],
  shape({ x, kernel: window, F }, attrs: ConvolutionAttributes) {
    if (F % attrs.groups !== 0)
      fail('convolution', { expected: `filters in ${attrs.groups} groups`, got: `${F}` })
    return { y: outputShape(x, window, attrs) }
  },
  params({ x, kernel: window, bias, mean, gamma, beta }, attrs) {
    const g = geometry(x, window, attrs)
    return {
      ...g,
      hasBias: Number(bias !== undefined),
      normalization:
        Number(mean !== undefined) + 2 * Number(gamma !== undefined) + 4 * Number(beta !== undefined),
      epsilon: attrs.epsilon ?? 0,
      chunks: 1,
      start: 0,
      until: forwardProduct(g).terms,
      ACTIVATION: attrs.activation ?? 0,
    }
  },
  strategies: ({ x, kernel: window }, attrs, device) =>
    convolutionStrategies(forwardProduct(geometry(x, window, attrs)), device),
  launches: (params, device, strategy) =>
    convolutionLaunches(
      { registers: kernel, direct: convolutionDirect, tiled: convolutionTiled },
      params,
      forwardProduct(params),
      device,
      strategy,
    ),
  gradient({ graph, inputs, attrs, wants }, { y: dy }): Gradients<'x' | 'kernel' | 'bias'> {
    if (dy === undefined) return {}
    const { x, kernel: window, bias } = inputs
    const learns = wants('kernel') || wants('bias')
    const parts = learns
      ? convolutionKernelGradient(graph, { x, dy }, { ...attrs, window: window.shape })
      : undefined
    return {
      x: wants('x')
        ? convolutionInputGradient(graph, { dy, kernel: window }, { ...attrs, input: x.shape }).dx
        : undefined,
      kernel: parts && wholeKernel(graph, parts.kernelParts, window.shape),
      bias: parts && bias && sum(graph, { x: parts.biasParts }, { axis: 0 }).y,
    }
  },
  epilogue: {
    output: 'y',
    fuse: (attrs, { activation }) => (attrs.activation ? null : { ...attrs, activation }),
  },
  normalized: (attrs, end) => (attrs.activation || attrs.epsilon !== undefined ? null : { ...attrs, ...end }),
  flops: flopsOf,
})

/** What gradients say of the end of a convolution, which is none of theirs. */
const NO_END = { normalization: 0, epsilon: 0 } as const

/** Throws unless a gradient has the shape of what it is the gradient of. */
function checkGradient(where: string, dy: Shape, y: Shape): void {
  if (!sameShape(dy, y)) fail(where, { expected: `dy ${showShape(y)}`, got: showShape(dy) })
}

/** dx of a convolution, which is also the transposed convolution. */
export const convolutionInputGradient = defineOp({
  kernel: inputGradientKernel,
  dims: { dy: 'B ...P F', kernel: '...K C F' },
  factors: ['dy', 'kernel'],
  shape({ dy, kernel: window }, attrs: ConvolutionAttributes & { readonly input: Shape }) {
    checkGradient('convolutionInputGradient', dy, outputShape(attrs.input, window, attrs))
    return { dx: attrs.input }
  },
  params({ kernel: window }, attrs) {
    const g = geometry(attrs.input, window, attrs)
    return { ...g, ...NO_END, hasBias: 0, chunks: 1, start: 0, until: inputGradientProduct(g).terms }
  },
  strategies: ({ kernel: window }, attrs, device) =>
    convolutionStrategies(inputGradientProduct(geometry(attrs.input, window, attrs)), device),
  launches: (params, device, strategy) =>
    convolutionLaunches(
      {
        registers: inputGradientKernel,
        direct: convolutionInputGradientDirect,
        tiled: convolutionInputGradientTiled,
      },
      params,
      inputGradientProduct(params),
      device,
      strategy,
    ),
  gradient({ graph, inputs, attrs, wants }, { dx: d }): Gradients<'dy' | 'kernel'> {
    if (d === undefined) return {}
    const { dy, kernel: window } = inputs
    const parts = (): Value =>
      convolutionKernelGradient(graph, { x: d, dy }, { ...attrs, window: window.shape }).kernelParts
    return {
      dy: wants('dy') ? convolution(graph, { x: d, kernel: window }, attrs).y : undefined,
      kernel: wants('kernel') ? wholeKernel(graph, parts(), window.shape) : undefined,
    }
  },
  flops: flopsOf,
})

const wholeKernel = (graph: Graph, parts: Value, shape: Shape): Value =>
  reshape(graph, sum(graph, { x: parts }, { axis: 0 }).y, { shape })

/** Gradients of kernel and bias, in parts whose sum over the first axis is the gradient. */
export const convolutionKernelGradient = defineOp({
  kernel: kernelGradientKernel,
  dims: { x: 'B ...S groups·C', dy: 'B ...P F' },
  factors: ['x', 'dy'],
  discardable: ['biasParts'],
  shape({ x, dy }, attrs: ConvolutionAttributes & { readonly window: Shape }) {
    checkGradient('convolutionKernelGradient', dy, outputShape(x, attrs.window, attrs))
    const filters = lastOf(attrs.window)
    const chunks = kernelChunks(x, attrs)
    return {
      kernelParts: [chunks, sizeOf(attrs.window) / filters, filters],
      biasParts: [chunks, filters],
    }
  },
  params({ x, biasParts }, attrs) {
    const g = geometry(x, attrs.window, attrs)
    const chunks = kernelChunks(x, attrs)
    const until = kernelGradientProduct(g, chunks).terms
    return { ...g, ...NO_END, hasBias: Number(biasParts !== undefined), chunks, start: 0, until }
  },
  strategies: ({ x }, attrs, device) =>
    convolutionStrategies(
      kernelGradientProduct(geometry(x, attrs.window, attrs), kernelChunks(x, attrs)),
      device,
    ),
  launches: (params, device, strategy) =>
    convolutionLaunches(
      {
        registers: kernelGradientKernel,
        direct: convolutionKernelGradientDirect,
        tiled: convolutionKernelGradientTiled,
      },
      params,
      kernelGradientProduct(params, params.chunks),
      device,
      strategy,
    ),
  flops: flopsOf,
})

function kernelChunks(x: Shape, attrs: ConvolutionAttributes & { readonly window: Shape }): number {
  const positions = outputShape(x, attrs.window, attrs).slice(0, -1)
  return chunksOf(sizeOf(positions), sizeOf(attrs.window))
}
