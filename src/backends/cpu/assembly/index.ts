// The CPU backend's hot operations in WebAssembly SIMD: what the module exports. Written in AssemblyScript; .ci/assembly.ts
// compiles it, once with relaxed SIMD and once without.

export { activationGradient, KNOWN as knownActivations } from './activation'
export {
  convLstm,
  convLstmGradient,
  convLstmScratch,
  convRecurrentKernelGradient,
} from './convLstm'
export {
  bindGeometry,
  convolution,
  convolutionInputGradient,
  convolutionKernelGradient,
  convolutionScratch,
} from './convolution'
export { lstm, lstmGradient, recurrentKernelGradient } from './directions'
export { lstmScratch, recurrentKernelGradientScratch } from './lstm'
export { columnSums, matmul } from './matmul'
export { adam, sgd } from './optimizers'
export const heapBase: usize = __heap_base
