// What texts ask of Keras and TensorFlow: settings and versions.

import { DATA_FORMATS, imageDataFormat, setFormat } from '../layers/convolutional/imageDataFormat.ts'
import type { Value } from '../python/values.ts'
import { valueOfToday } from './oldLayers.ts'

/** What Keras is set to, which texts ask for, with TensorFlow. */
const SETTINGS: Readonly<Record<string, () => Value>> = {
  epsilon: () => 1e-7,
  floatx: () => 'float32',
  backend: () => 'tensorflow',
  image_data_format: imageDataFormat,
  image_dim_ordering: () => (imageDataFormat() === 'channels_first' ? 'th' : 'tf'),
}

/** What a function gives that asks for a setting, or sets the order of axes; undefined for other functions. */
export function setting(name: string, first: Value): Value | undefined {
  if (Object.hasOwn(SETTINGS, name)) return SETTINGS[name]?.()
  if (name !== 'set_image_data_format' && name !== 'set_image_dim_ordering') return undefined
  const given = valueOfToday('dataFormat', first)
  const format = DATA_FORMATS.find((each) => each === given)
  if (format) setFormat(format)
  return null
}

/** Versions, for texts that ask whether they are old enough or new enough. */
export const VERSIONS: Readonly<Record<string, string>> = {
  'keras.__version__': '3.16.0',
  'tensorflow.__version__': '2.21.0',
  'tensorflow.version.VERSION': '2.21.0',
}
