// `keras.applications.inception_resnet_v2`.

export { decodePredictions } from '../decodePredictions.ts'
export { InceptionResNetV2 } from '../inceptionResnetV2.ts'
export { preprocessTf as preprocessInput } from '../preprocessing.ts'
