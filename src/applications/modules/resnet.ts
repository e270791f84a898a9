// `keras.applications.resnet`.

export { decodePredictions } from '../decodePredictions.ts'
export { preprocessCaffe as preprocessInput } from '../preprocessing.ts'
export { ResNet50, ResNet101, ResNet152 } from '../resnet.ts'
