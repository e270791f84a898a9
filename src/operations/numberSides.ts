// What operations do on the CPU, of those that most functions of `ops` consist of: pages with such functions compute with numbers at
// once. The others are named by the functions that need them (`sides` in operation.ts), so that a page has them with these alone.

export * from '../ops/elementwise.cpu.ts'
export * from '../ops/pointwise.cpu.ts'
export * from '../ops/reduce.cpu.ts'
export * from '../ops/strided.cpu.ts'
export * from '../ops/transpose.cpu.ts'
