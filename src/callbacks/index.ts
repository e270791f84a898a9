// Keras's callbacks. Those that are not here: refused.ts.

export { Callback } from './callback.ts'
export { EarlyStopping, type EarlyStoppingOptions } from './earlyStopping.ts'
export { LambdaCallback } from './lambdaCallback.ts'
export {
  LearningRateScheduler,
  type LearningRateSchedulerOptions,
  type Schedule,
} from './learningRateScheduler.ts'
export type { MonitorOptions } from './monitor.ts'
export { ReduceLROnPlateau, type ReduceLROnPlateauOptions } from './reduceLROnPlateau.ts'
export { TerminateOnNaN, type TerminateOnNaNOptions } from './terminateOnNaN.ts'
