// Losses by Keras's names; all exports are public.

import * as regression from '../../composed/losses/regression.ts'
import type { LossOptions } from '../loss.ts'
import { calledLoss, type LossConstructor } from './calledLoss.ts'
import * as common from './common.ts'
import { fusedRows } from './fusedRows.ts'

export type { LossOptions } from '../loss.ts'
export type { LossConstructor, MadeLoss } from './calledLoss.ts'
export * from './fused.ts'
export { Loss } from './lossClass.ts'
export * from './written.ts'

/** mean((p − t)²) over the last axis. */
export const MeanSquaredError: LossConstructor<LossOptions> = calledLoss(
  common.MeanSquaredError,
  fusedRows(regression.meanSquaredError),
)
export type MeanSquaredError = ReturnType<typeof MeanSquaredError>

/** mean(|p − t|) over the last axis. */
export const MeanAbsoluteError: LossConstructor<LossOptions> = calledLoss(
  common.MeanAbsoluteError,
  fusedRows(regression.meanAbsoluteError),
)
export type MeanAbsoluteError = ReturnType<typeof MeanAbsoluteError>
