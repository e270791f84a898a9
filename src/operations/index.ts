// `keras.ops` by its names in camelCase. All work on symbolic tensors: in functional models, and in the `call` of layers, cells, losses
// and metrics of one's own. Of numbers alone they give a tensor of numbers at once, computed on the host.

export * from './activations.ts'
export * from './arrangements.ts'
export * from './bits.ts'
export { cast, convertToTensor } from './casting.ts'
export * from './comparing.ts'
export * from './constants.ts'
export {
  associativeScan,
  cond,
  foriLoop,
  map,
  type ScanOptions,
  scan,
  switchOf as switch,
  vectorizedMap,
  whileLoop,
} from './control.ts'
export * from './convolutions.ts'
export * from './counting.ts'
export * from './ctc.ts'
export * from './ctcDecode.ts'
export * from './curves.ts'
export * from './elementwise.ts'
export * from './fourier.ts'
export * as image from './image/index.ts'
export * from './indexing.ts'
export * from './inspecting.ts'
export * from './joining.ts'
export * from './linearAlgebra.ts'
export * from './matrices.ts'
export * from './networks.ts'
export * from './normalizing.ts'
export type { Operand } from './operation.ts'
export * from './padding.ts'
export * from './pooling.ts'
export * from './products.ts'
export * from './quantiles.ts'
export * from './realNumbers.ts'
export * from './rearranging.ts'
export {
  type Axes,
  all,
  amax,
  amin,
  any,
  argmax,
  argmin,
  countNonzero,
  cumprod,
  cumsum,
  logsumexp,
  max,
  mean,
  min,
  norm,
  prod,
  std,
  sum,
  varianceOf as var,
} from './reductions.ts'
export * from './scattering.ts'
export * from './segments.ts'
export {
  broadcastTo,
  expandDims,
  moveaxis,
  ndim,
  onesLike,
  ravel,
  reshape,
  shape,
  squeeze,
  stopGradient,
  swapaxes,
  transpose,
  zerosLike,
} from './shapes.ts'
export * from './sorting.ts'
export * from './special.ts'
export * from './spectrograms.ts'
export * from './standardizing.ts'
export * from './statistics.ts'
export * from './taking.ts'
export { tril, triu } from './triangles.ts'
export * from './windows.ts'
