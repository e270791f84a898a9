// Losses by Keras's names; all exports are public.

export type { LossOptions } from '../loss.ts'
export { MeanAbsoluteError, MeanSquaredError } from './common.ts'
export * from './fused.ts'
export { Loss } from './lossClass.ts'
export * from './written.ts'
