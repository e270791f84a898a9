// `keras.applications.nasnet`.

export { decodePredictions } from '../decodePredictions.ts'
export { NASNetLarge, NASNetMobile } from '../nasnet.ts'
export { preprocessTf as preprocessInput } from '../preprocessing.ts'
