// `keras.applications.resnet50`.

export { decodePredictions } from '../decodePredictions.ts'
export { preprocessCaffe as preprocessInput } from '../preprocessing.ts'
export { ResNet50 } from '../resnet.ts'
