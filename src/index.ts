// Recurra: trains and runs sequence models on WebGPU and on the CPU, from Keras-style definitions.

import './training/printing.ts'

export type { BackendChoice, BackendInfo, BackendName } from './backends/backend.ts'
export { type BackendOptions, setBackend } from './backends/select.ts'
export * from './callbacks/index.ts'
export * as callbacks from './callbacks/index.ts'
export * from './composed/index.ts'
export * as layers from './composed/namespace.ts'
export { RecurraError } from './errors.ts'
export type { CustomObjects } from './formats/config/customObjects.ts'
export type { CloneOptions } from './formats/config/fromConfig.ts'
export {
  cloneModel,
  modelFromConfig,
  modelFromJSON,
} from './formats/config/fromConfig.ts'
export { FormatError } from './formats/formatError.ts'
export { loadModel } from './formats/loadModel.ts'
export type { ConfigOptions } from './formats/readOptions.ts'
export type { CallableLayer, CallOptions } from './layers/callable.ts'
export type { DtypePolicy } from './layers/dtypePolicy.ts'
export type { LossFunction, TensorFunction } from './layers/functions.ts'
export * from './layers/index.ts'
export { Layer, type LayerClass, type OwnLayer } from './layers/layerClass.ts'
export { clearSession } from './layers/naming.ts'
export type { CallContext } from './layers/own/customLayer.ts'
export type { AddWeightOptions, OwnWeight as Weight } from './layers/own/ownCode.ts'
export * from './layers/own/ownNames.ts'
export { register } from './layers/register.ts'
export { Cell, type CellClass, type OwnCell } from './layers/rnn/cellClass.ts'
export type { CellContext, CellResult } from './layers/rnn/customCell.ts'
export type { SymbolicTensor } from './layers/symbolicTensor.ts'
export * as constraints from './layers/weights/constraints.ts'
export { Constraint, MaxNorm, MinMaxNorm, NonNeg, UnitNorm } from './layers/weights/constraints.ts'
export type { InitializerFunction, InitialValues } from './layers/weights/initializer.ts'
export * as initializers from './layers/weights/initializerNamespace.ts'
export { Initializer } from './layers/weights/ownInitializer.ts'
export * as regularizers from './layers/weights/regularizers.ts'
export { L1, L1L2, L2, OrthogonalRegularizer, Regularizer } from './layers/weights/regularizers.ts'
export type { WeightInfo } from './layers/weights/weightAccess.ts'
export type { CompileOptions } from './models/compileOptions.ts'
export type {
  ArrayData,
  ClassWeight,
  Data,
  PredictionStream,
  TrainingBatch,
  TrainingStream,
} from './models/data/data.ts'
export type { FunctionalModel } from './models/functional.ts'
export { gradients } from './models/gradients.ts'
export type { CallableModel, LayersModel, ModelOptions } from './models/model.ts'
export { Model, type ModelClass, type OwnModel } from './models/modelClass.ts'
export type { PlanOptions, PlanReport } from './models/planReport.ts'
export type { OperationProfile, Peak, ProfileOptions, ProfileReport } from './models/profile.ts'
export type {
  Destination,
  LoadWeightsOptions,
  ReadOptions,
  SaveOptions,
  SaveWeightsOptions,
  Source,
} from './models/saving.ts'
export { Sequential, type SequentialModel } from './models/sequential.ts'
export type { StepData, StepLogs, StepTensors } from './models/steppedModel.ts'
export type { SummaryOptions } from './models/summarize.ts'
export type {
  BatchOptions,
  EvaluateOptions,
  StreamEvaluateOptions,
  WeightOptions,
} from './models/trainer/evaluate.ts'
export type { FitOptions, StreamFitOptions, ValidationData } from './models/trainer/fitOptions.ts'
export type { PredictOptions, StreamPredictOptions } from './models/trainer/predict.ts'
export type { NamedResults, Predicted, ResultList, Results } from './models/trainer/returned.ts'
export * as activations from './operations/activationNamespace.ts'
export * as ops from './operations/index.ts'
export * as random from './operations/random.ts'
export type {
  CallbackHooks,
  CallbackParams,
  CallParams,
  EpochLogs,
  HistoryLogs,
  LossLogs,
} from './training/callbacks.ts'
export * as config from './training/config.ts'
export type { MetricConstructor } from './training/defineMetric.ts'
export type { LossName } from './training/lossByName.ts'
export * from './training/losses/index.ts'
export * as losses from './training/losses/namespace.ts'
export {
  type DynamicLossScaleOptimizer,
  LossScaleOptimizer,
  type LossScaleOptions,
  type LossScaleState,
} from './training/lossScaleOptimizer.ts'
export type { MetricValue } from './training/metric.ts'
export type { MetricName } from './training/metricByName.ts'
export {
  Accuracy,
  AUC,
  BinaryAccuracy,
  BinaryIoU,
  CategoricalAccuracy,
  ConcordanceCorrelation,
  ConfusionMatrix,
  F1Score,
  FalseNegatives,
  FalsePositives,
  FBetaScore,
  IoU,
  LogCoshError,
  Mean,
  MeanIoU,
  MeanMetricWrapper,
  OneHotIoU,
  OneHotMeanIoU,
  PearsonCorrelation,
  Precision,
  PrecisionAtRecall,
  R2Score,
  Recall,
  RecallAtPrecision,
  RootMeanSquaredError,
  SensitivityAtSpecificity,
  SparseCategoricalAccuracy,
  SparseTopKCategoricalAccuracy,
  SpecificityAtSensitivity,
  Sum,
  TopKCategoricalAccuracy,
  TrueNegatives,
  TruePositives,
} from './training/metrics/index.ts'
export { Metric } from './training/metrics/metricClass.ts'
export type {
  AddVariableOptions,
  MetricResult,
  MetricVariable,
  UpdateInputs,
} from './training/metrics/metricVariable.ts'
export * as metrics from './training/metrics/namespace.ts'
export type { MadeMetric } from './training/metrics/standing.ts'
export type { LearningRate, Optimizer } from './training/optimizer.ts'
export type { OptimizerName } from './training/optimizerByName.ts'
export * from './training/optimizers/index.ts'
export * as optimizers from './training/optimizers/namespace.ts'
export type { Logs } from './training/output.ts'
export type { OwnSchedule, ScheduleClass } from './training/schedule.ts'
export * from './training/schedules/index.ts'
export type { BatchStream } from './util/batchStream.ts'
export { setSeed } from './util/seed.ts'
export type { OpenShape, Shape } from './util/shape.ts'
export { type NestedArray, type NestedData, type Tensor, type TensorData, tensor } from './util/tensor.ts'
