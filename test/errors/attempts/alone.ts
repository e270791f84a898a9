import { type Area, accepted } from './area.ts'

export const alone: Area = {
  title: 'Losses and metrics by themselves',
  attempts: [
    'MeanSquaredError()()',
    'MeanSquaredError()([1, 2])',
    'MeanSquaredError()([1, 2], [1, 2, 3])',
    'MeanSquaredError()([1, 2], [1, "2"])',
    'MeanSquaredError()([[1], [2]], [[1], [null]])',
    'MeanSquaredError()("a", "b")',
    accepted('MeanSquaredError()([1, 2], [1, 2], [1])', 'one weight counts for all, as in Keras'),
    'MeanSquaredError()([1, 2], [1, 2], "1")',
    accepted(
      'await MeanSquaredError()(Float64Array.of(1, 2), [Float32Array.of(1), Float32Array.of(4)])',
      'typed data',
    ),
    accepted('losses.mse', 'a class of the namespace'),
    'SparseCategoricalCrossentropy()([3], [[0.2, 0.3, 0.5]])',
    'SparseCategoricalCrossentropy()([[0, 1]], [[0.2, 0.8]])',
    'CategoricalCrossentropy()([1], [[0.2, 0.8]])',
    'Accuracy().updateState()',
    'Accuracy().updateState([1, 2])',
    'Accuracy().updateState([1, 2], [1])',
    'Accuracy().updateState([1, "2"], [1, 2])',
    'Mean().updateState()',
    'Mean().updateState("3")',
    accepted('const m = Mean(); await m.updateState(Float64Array.of(1, 3)); await m.result()', 'typed data'),
    accepted('AUC().updateState([0, 1], [0.5, 3])', 'above all thresholds'),
    'Precision().updateState([0, 1], [0.5, null])',
  ],
}
