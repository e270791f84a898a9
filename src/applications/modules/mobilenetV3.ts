// `keras.applications.mobilenet_v3`.

export { decodePredictions } from '../decodePredictions.ts'
export { preprocessNothing as preprocessInput } from '../preprocessing.ts'
