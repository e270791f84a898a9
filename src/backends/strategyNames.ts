// Operations that can be launched in several ways, and the names of these. Only the spelling of what setBackend is given is
// checked by them; which strategies fit is each operation's own knowledge. test/backends/options.test.ts keeps the list true.

import { cells } from './cells.gen.ts'

const products = ['registers', 'subgroups', 'tile64', 'tile32', 'reduced', 'split']
const recurrences = ['registers', 'columns', 'streamed', 'tiled', 'subgroups', 'fused', 'step']
const convolutions = ['registers', 'tile64', 'tile32', 'direct']

export const strategyNames: Readonly<Record<string, readonly string[]>> = {
  matmul: products,
  recurrentKernelGradient: products,
  ...Object.fromEntries(
    cells.flatMap((cell) =>
      [`${cell}Sequence`, `${cell}SequenceGradient`].map((name) => [name, recurrences]),
    ),
  ),
  convolution: convolutions,
  convolutionInputGradient: convolutions,
  convolutionKernelGradient: convolutions,
  convRecurrentKernelGradient: ['registers', 'tile32'],
}
