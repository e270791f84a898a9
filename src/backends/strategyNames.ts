// Names of strategies, by operation. They only serve to check the spelling of options of setBackend; which strategies fit is
// decided by the operations. test/backends/options.test.ts compares the list with the operations.

import { cells } from './cells.gen.ts'

const products = ['registers', 'subgroups', 'tile64', 'tile32', 'reduced', 'split']
const recurrences = ['registers', 'columns', 'streamed', 'tiled', 'subgroups', 'fused', 'timestep']
const softmaxes = ['rows', 'workgroup']
const convolutions = ['registers', 'tile64', 'tile32', 'direct']

export const strategyNames: Readonly<Record<string, readonly string[]>> = {
  matmul: products,
  recurrentKernelGradient: products,
  ...Object.fromEntries(
    cells.flatMap((cell) => [cell, `${cell}Gradient`].map((name) => [name, recurrences])),
  ),
  convolution: convolutions,
  convolutionInputGradient: convolutions,
  convolutionKernelGradient: convolutions,
  convRecurrentKernelGradient: ['registers', 'tile32'],
  softmax: softmaxes,
  softmaxGradient: softmaxes,
  maskedSoftmax: softmaxes,
}
