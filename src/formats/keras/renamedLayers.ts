// Layers of Keras 2 that have another name today, in files and in texts.

/** Today's classes by Keras 2's names. */
export const RENAMED_LAYERS = {
  BatchNormalizationV1: 'BatchNormalization',
  BatchNormalizationV2: 'BatchNormalization',
  CuDNNGRU: 'GRU',
  CuDNNLSTM: 'LSTM',
  ThresholdedReLU: 'ReLU',
} as const
