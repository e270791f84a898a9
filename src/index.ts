// Recurra: trains and runs sequence models on WebGPU and on the CPU, from Keras-style definitions.

export type { BackendInfo } from './backends/backend.ts'
export { type BackendOptions, setBackend } from './backends/select.ts'
export { RecurraError } from './errors.ts'
export { modelFromConfig } from './formats/fromConfig.ts'
export { loadModel } from './formats/loadModel.ts'
export type { CallableLayer, CallOptions } from './layers/callable.ts'
export type { DtypePolicy } from './layers/dtypePolicy.ts'
export * from './layers/index.ts'
export * as initializers from './layers/initializers.ts'
export type { Layer } from './layers/layer.ts'
export { clearSession } from './layers/naming.ts'
export type { SymbolicTensor } from './layers/symbolicTensor.ts'
export type { CompileOptions } from './models/compileOptions.ts'
export type { ClassWeight, Data } from './models/data.ts'
export type { EvaluateOptions, PredictOptions, WeightOptions } from './models/evaluate.ts'
export type { FitOptions } from './models/fitOptions.ts'
export { type FunctionalModel, Model } from './models/functional.ts'
export type { CallableModel, LayersModel, ModelOptions } from './models/model.ts'
export type { OperationProfile, Peak, ProfileOptions, ProfileReport } from './models/profile.ts'
export type { PlanOptions, PlanReport } from './models/report.ts'
export { Sequential, type SequentialModel } from './models/sequential.ts'
export type { BatchStream } from './models/stream.ts'
export type { SummaryOptions } from './models/summarize.ts'
export type { WeightInfo } from './models/weights.ts'
export * as ops from './operations/index.ts'
export type { Callback, History } from './training/callbacks.ts'
export * as config from './training/config.ts'

export { AUC, Precision, Recall } from './training/confusionMetrics.ts'

export * from './training/losses.ts'
export {
  type DynamicLossScaleOptimizer,
  LossScaleOptimizer,
  type LossScaleOptions,
  type LossScaleState,
} from './training/lossScaleOptimizer.ts'
export { BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy } from './training/metrics.ts'
export type { Optimizer } from './training/optimizer.ts'
export * from './training/optimizers.ts'
export type { Logs } from './training/output.ts'
export { setSeed } from './util/seed.ts'
export { type NestedArray, type Tensor, tensor } from './util/tensor.ts'
