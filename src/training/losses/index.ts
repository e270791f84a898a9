// Losses by Keras's names; all exports are public.

export { MeanAbsoluteError, MeanSquaredError } from './common.ts'
export * from './fused.ts'
export * from './written.ts'
