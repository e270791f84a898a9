// `keras.applications.imagenet_utils`.

export { decodePredictions } from '../decodePredictions.ts'
export { preprocessInput } from '../preprocessing.ts'
