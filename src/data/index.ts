// Data made ready for training: series in windows, texts as numbers, scaling, splits, and data sets in batches.

export { Dataset, type Window } from './dataset.ts'
export type {
  BatchOptions,
  Cardinality,
  MapOptions,
  ShuffleOptions,
  WindowOptions,
} from './datasetOptions.ts'
export type { Batched, Slice, Slices } from './elements.ts'
export { MinMaxScaler, type MinMaxScalerOptions } from './minMaxScaler.ts'
export type { Numbers } from './numbers.ts'
export { type PadSequencesOptions, padSequences } from './padSequences.ts'
export { makeSamplingTable, type Skipgrams, type SkipgramsOptions, skipgrams } from './skipgrams.ts'
export { type TrainTestSplitOptions, trainTestSplit } from './split.ts'
export { type SplitDatasetOptions, splitDataset } from './splitDataset.ts'
export { StandardScaler, type StandardScalerOptions } from './standardScaler.ts'
export { type TimeseriesDataset, type TimeseriesOptions, timeseriesDatasetFromArray } from './timeseries.ts'
export { TimeseriesGenerator, type TimeseriesGeneratorOptions } from './timeseriesGenerator.ts'
export { normalize, toCategorical } from './toCategorical.ts'
export {
  type MatrixMode,
  Tokenizer,
  type TokenizerOptions,
  type TokenizerText,
  tokenizerFromJson,
} from './tokenizer.ts'
export {
  type Analyzer,
  type HashingOptions,
  hashingTrick,
  oneHot,
  textToWordSequence,
  type WordOptions,
} from './words.ts'
