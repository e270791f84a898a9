// `keras.applications.xception`.

export { decodePredictions } from '../decodePredictions.ts'
export { preprocessTf as preprocessInput } from '../preprocessing.ts'
export { Xception } from '../xception.ts'
