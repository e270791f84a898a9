// What texts ask of Keras and TensorFlow: settings and versions.

import type { Value } from '../python/values.ts'

/** What Keras is set to, which texts ask for: as it is without being set, with TensorFlow. */
export const SETTINGS: Readonly<Record<string, Value>> = {
  epsilon: 1e-7,
  floatx: 'float32',
  backend: 'tensorflow',
  image_data_format: 'channels_last',
  image_dim_ordering: 'tf',
}

/** Versions, for texts that ask whether they are old enough or new enough. */
export const VERSIONS: Readonly<Record<string, string>> = {
  'keras.__version__': '3.16.0',
  'tensorflow.__version__': '2.21.0',
  'tensorflow.version.VERSION': '2.21.0',
}
