// Settings of the package as a whole, by Keras's names in keras.config.

import { checkOneOf } from '../errors.ts'
import {
  imageDataFormat as currentFormat,
  DATA_FORMATS,
  type DataFormat,
  setFormat,
} from '../layers/convolutional/imageDataFormat.ts'
import { currentPolicy, DTYPE_POLICIES, type DtypePolicy, setPolicy } from '../layers/dtypePolicy.ts'
import { loadMixedFloat16 } from './mixedFloat16.ts'

/**
 * Sets the policy of layers and models that are made from now on: 'float32', the default, or 'mixed_float16'. Under
 * 'mixed_float16' products read their operands as f16 and sum in f32, weights stay f32, and `compile` gives the optimizer dynamic
 * loss scaling.
 *
 * @see keras/src/dtype_policies/dtype_policy.py
 */
export function setDtypePolicy(policy: DtypePolicy): void {
  const checked = checkOneOf('config.setDtypePolicy', 'policy', policy, DTYPE_POLICIES)
  loadMixedFloat16()
  setPolicy(checked)
}

/** The dtype policy that new layers and models take. */
export const dtypePolicy = (): DtypePolicy => currentPolicy()

/**
 * Sets the format of layers over space that are made from now on without the option `dataFormat`: 'channels_last', the default,
 * `[batch, height, width, channels]`, or 'channels_first', `[batch, channels, height, width]`. A layer keeps the format that it was
 * made with; a file says which it has.
 *
 * @throws {RecurraError} for another word.
 * @see keras/src/backend/config.py
 */
export function setImageDataFormat(dataFormat: DataFormat): void {
  setFormat(checkOneOf('config.setImageDataFormat', 'dataFormat', dataFormat, DATA_FORMATS))
}

/** The data format that new layers take. */
export const imageDataFormat = (): DataFormat => currentFormat()

/** The type of weights and tensors, as `keras.config.floatx` has it. */
export const floatx = (): 'float32' => 'float32'

/** The small number that losses and metrics keep divisors and logarithms away from 0 by: 1e-7, as `keras.config.epsilon` has it. */
export const epsilon = (): number => 1e-7
