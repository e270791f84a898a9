// Tensors of a model as its config names them: where each comes from.

import { isKerasConfig, type KerasConfig } from '../kerasConfig.ts'
import type { Json } from './json.ts'

export const isKerasTensor = (value: Json | undefined): value is KerasConfig =>
  isKerasConfig(value) && value.class_name === '__keras_tensor__'

/** `[layer, call, output]` of a tensor; null for other values. */
export const historyOf = (value: Json | undefined): Json[] | null =>
  isKerasTensor(value) ? (value.config.keras_history as Json[]) : null
