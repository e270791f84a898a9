// Keras's optimizers that are not here, each with the reason, which docs/keras-compatibility.md gives.

const NO_CLASS = 'what all optimizers have is given by their options; none is written as a class'

export const refusedOptimizers: Readonly<Record<string, string>> = {
  MultiOptimizer:
    'a model has one optimizer, whose update of all weights is a launch over flat memory; `trainable` of layers says which are trained',
  Optimizer: NO_CLASS,
  OptimizerMap: NO_CLASS,
  ScheduleFreeAdamW:
    'the weights that are trained are others than those that predict; `AdamW` with `useEma` averages weights, too',
}
