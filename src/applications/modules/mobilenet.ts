// `keras.applications.mobilenet`.

export { decodePredictions } from '../decodePredictions.ts'
export { MobileNet } from '../mobilenet.ts'
export { preprocessTf as preprocessInput } from '../preprocessing.ts'
