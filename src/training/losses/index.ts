// Losses by Keras's names; all exports are public.

import type { LossOptions } from '../loss.ts'
import { calledLoss, type LossConstructor } from './calledLoss.ts'
import * as common from './common.ts'

export type { LossOptions } from '../loss.ts'
export type { LossConstructor, MadeLoss } from './calledLoss.ts'
export * from './fused.ts'
export { Loss } from './lossClass.ts'
export * from './written.ts'

/** mean((p − t)²) over the last axis. */
export const MeanSquaredError: LossConstructor<LossOptions> = calledLoss(common.MeanSquaredError)
export type MeanSquaredError = ReturnType<typeof MeanSquaredError>

/** mean(|p − t|) over the last axis. */
export const MeanAbsoluteError: LossConstructor<LossOptions> = calledLoss(common.MeanAbsoluteError)
export type MeanAbsoluteError = ReturnType<typeof MeanAbsoluteError>
