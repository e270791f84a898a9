// `optimizers`, as Keras has the family: all of them, and the schedules of their learning rates.

export { LossScaleOptimizer } from '../lossScaleOptimizer.ts'
export * as schedules from '../schedules/index.ts'
export * from './index.ts'
