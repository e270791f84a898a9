// `keras.applications.vgg16`.

export { decodePredictions } from '../decodePredictions.ts'
export { preprocessCaffe as preprocessInput } from '../preprocessing.ts'
export { VGG16 } from '../vgg.ts'
