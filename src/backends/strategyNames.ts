// Names of strategies, by operation. They only serve to check the spelling of options of setBackend; which strategies fit is
// decided by the operations. test/backends/options.test.ts compares the list with the operations.

import { cells } from './cells.gen.ts'

const products = ['registers', 'subgroups', 'tile64', 'tile32', 'reduced', 'split']
const softmaxes = ['rows', 'workgroup']
const convolutions = ['registers', 'tile64', 'tile32', 'direct']

export const strategyNames: Readonly<Record<string, readonly string[]>> = {
  matmul: products,
  recurrentKernelGradient: products,
  ...Object.fromEntries(
    Object.entries(cells).flatMap(([cell, names]) => [cell, `${cell}Gradient`].map((name) => [name, names])),
  ),
  convolution: convolutions,
  convolutionInputGradient: convolutions,
  convolutionKernelGradient: convolutions,
  convRecurrentKernelGradient: ['registers', 'tile32'],
  softmax: softmaxes,
  softmaxGradient: softmaxes,
  maskedSoftmax: softmaxes,
}
