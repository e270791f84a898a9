// `keras.applications.inception_v3`.

export { decodePredictions } from '../decodePredictions.ts'
export { InceptionV3 } from '../inceptionV3.ts'
export { preprocessTf as preprocessInput } from '../preprocessing.ts'
