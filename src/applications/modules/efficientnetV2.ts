// `keras.applications.efficientnet_v2`.

export { decodePredictions } from '../decodePredictions.ts'
export {
  EfficientNetV2B0,
  EfficientNetV2B1,
  EfficientNetV2B2,
  EfficientNetV2B3,
  EfficientNetV2L,
  EfficientNetV2M,
  EfficientNetV2S,
} from '../efficientnetV2.ts'
export { preprocessNothing as preprocessInput } from '../preprocessing.ts'
