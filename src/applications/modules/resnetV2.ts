// `keras.applications.resnet_v2`.

export { decodePredictions } from '../decodePredictions.ts'
export { preprocessTf as preprocessInput } from '../preprocessing.ts'
export { ResNet50V2, ResNet101V2, ResNet152V2 } from '../resnet.ts'
