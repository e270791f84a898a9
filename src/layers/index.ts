// Every layer, a line each.

export * from './activation.ts'
export * from './bidirectional.ts'
export * from './convolution.ts'
export * from './dense.ts'
export * from './dropout.ts'
export * from './input.ts'
export * from './lstm.ts'
export * from './pooling.ts'
export * from './reshaping.ts'
export * from './timeDistributed.ts'
