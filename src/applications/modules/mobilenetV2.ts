// `keras.applications.mobilenet_v2`.

export { decodePredictions } from '../decodePredictions.ts'
export { MobileNetV2 } from '../mobilenetV2.ts'
export { preprocessTf as preprocessInput } from '../preprocessing.ts'
