// y = act(x), elementwise. The gradient reads y, or x where the slope cannot be told from y.

import { defineOp } from '../graph/operation.ts'
import { sizeOf } from '../util/shape.ts'
import { FROM_INPUT } from './activations.ts'
import { activationGradient as gradientKernel, activation as kernel } from './kernels.gen.ts'

export const activationGradient = defineOp({
  kernel: gradientKernel,
  dims: { saved: '...S', dy: '...S' },
  tolerates: ['saved'],
  shape: ({ saved }) => ({ dx: saved }),
  params: ({ saved }, { code }: { code: number }) => ({ size: sizeOf(saved), ACTIVATION: code }),
  threads: ({ size }) => Math.ceil(size / 4),
})

export const activation = defineOp({
  kernel,
  dims: { x: '...S' },
  shape: ({ x }) => ({ y: x }),
  params: ({ x }, { code }: { code: number }) => ({ size: sizeOf(x), ACTIVATION: code }),
  threads: ({ size }) => Math.ceil(size / 4),
  gradient({ graph, inputs, outputs, attrs }, { y: dy }) {
    if (dy === undefined) return {}
    const saved = attrs.code >= FROM_INPUT ? inputs.x : outputs.y
    return { x: activationGradient(graph, { saved, dy }, attrs).dx }
  },
  simplify: ({ x }, { code }) => (code === 0 ? { y: x } : null),
  asEpilogue: ({ code }) => ({ input: 'x', activation: code }),
})
