// `keras.applications.densenet`.

export { decodePredictions } from '../decodePredictions.ts'
export { DenseNet121, DenseNet169, DenseNet201 } from '../densenet.ts'
export { preprocessTorch as preprocessInput } from '../preprocessing.ts'
