// Keras's callbacks. Those that are not here: refused.ts.

export { BackupAndRestore, type BackupAndRestoreOptions } from './backupAndRestore.ts'
export { Callback } from './callback.ts'
export { CallbackList, type CallbackListOptions } from './callbackList.ts'
export { CSVLogger, type CSVLoggerOptions, type LineWriter } from './csvLogger.ts'
export { EarlyStopping, type EarlyStoppingOptions } from './earlyStopping.ts'
export { History } from './history.ts'
export { LambdaCallback } from './lambdaCallback.ts'
export {
  LearningRateScheduler,
  type LearningRateSchedulerOptions,
  type Schedule,
} from './learningRateScheduler.ts'
export { loadCheckpoint } from './loadCheckpoint.ts'
export {
  type Checkpoint,
  type CheckpointWriter,
  ModelCheckpoint,
  type ModelCheckpointOptions,
} from './modelCheckpoint.ts'
export type { MonitorOptions } from './monitor.ts'
export { ProgbarLogger } from './progbarLogger.ts'
export { ReduceLROnPlateau, type ReduceLROnPlateauOptions } from './reduceLROnPlateau.ts'
export { RemoteMonitor, type RemoteMonitorOptions } from './remoteMonitor.ts'
export { SwapEMAWeights, type SwapEMAWeightsOptions } from './swapEMAWeights.ts'
export { TensorBoard, type TensorBoardOptions } from './tensorBoard.ts'
export { TerminateOnNaN, type TerminateOnNaNOptions } from './terminateOnNaN.ts'
