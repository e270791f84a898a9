// `keras.applications.efficientnet`.

export { decodePredictions } from '../decodePredictions.ts'
export {
  EfficientNetB0,
  EfficientNetB1,
  EfficientNetB2,
  EfficientNetB3,
  EfficientNetB4,
  EfficientNetB5,
  EfficientNetB6,
  EfficientNetB7,
} from '../efficientnet.ts'
export { preprocessNothing as preprocessInput } from '../preprocessing.ts'
