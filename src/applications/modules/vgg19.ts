// `keras.applications.vgg19`.

export { decodePredictions } from '../decodePredictions.ts'
export { preprocessCaffe as preprocessInput } from '../preprocessing.ts'
export { VGG19 } from '../vgg.ts'
