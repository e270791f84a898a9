// A recurrence whose product is a convolution: z [B, T, ...space, gates · F] += h ∗ R [...window, F, gates · F], stride 1,
// 'same' padding. A row is a position of a sample; each time step is a launch.

import { convRecurrentKernelGradient } from './convRecurrentKernelGradient.ts'
import { spaceParams } from './recurrentConvolution.ts'
import type { RecurrentProduct } from './recurrentProduct.ts'
import { sum } from './reduce.ts'
import { reshape } from './view.ts'

export const convolutionProduct: RecurrentProduct = {
  first: 'timestep',
  dims: (gates) => ({ gates: `B T ...S ${gates}U`, recurrentKernel: `...K U ${gates}U` }),
  sizes: spaceParams,
  strategies: () => ['timestep'],
  kernelGradient(graph, { h, initial, dz, recurrentKernel }, attrs) {
    const window = recurrentKernel.shape
    const { parts } = convRecurrentKernelGradient(graph, { h, h0: initial, dz }, { ...attrs, window })
    return { dR: reshape(graph, sum(graph, { x: parts }, { axis: 0 }).y, { shape: window }) }
  },
}
