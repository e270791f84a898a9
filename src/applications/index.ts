// Networks of images as `keras.applications` has them: functions, and a namespace for each of its modules.

export { CustomScaleLayer, LayerScale } from '../composed/networkLayers.ts'
export type { Network } from './application.ts'
export {
  ConvNeXtBase,
  ConvNeXtLarge,
  type ConvNeXtOptions,
  ConvNeXtSmall,
  ConvNeXtTiny,
  ConvNeXtXLarge,
} from './convnext.ts'
export type { DecodedPrediction, DecodeOptions } from './decodePredictions.ts'
export { DenseNet121, DenseNet169, DenseNet201 } from './densenet.ts'
export {
  EfficientNetB0,
  EfficientNetB1,
  EfficientNetB2,
  EfficientNetB3,
  EfficientNetB4,
  EfficientNetB5,
  EfficientNetB6,
  EfficientNetB7,
} from './efficientnet.ts'
export {
  EfficientNetV2B0,
  EfficientNetV2B1,
  EfficientNetV2B2,
  EfficientNetV2B3,
  EfficientNetV2L,
  EfficientNetV2M,
  type EfficientNetV2Options,
  EfficientNetV2S,
} from './efficientnetV2.ts'
export { InceptionResNetV2 } from './inceptionResnetV2.ts'
export { InceptionV3 } from './inceptionV3.ts'
export { MobileNet, type MobileNetOptions } from './mobilenet.ts'
export { MobileNetV2, type MobileNetV2Options } from './mobilenetV2.ts'
export { MobileNetV3Large, type MobileNetV3Options, MobileNetV3Small } from './mobilenetV3.ts'
export * as convnext from './modules/convnext.ts'
export * as densenet from './modules/densenet.ts'
export * as efficientnet from './modules/efficientnet.ts'
export * as efficientnetV2 from './modules/efficientnetV2.ts'
export * as imagenetUtils from './modules/imagenetUtils.ts'
export * as inceptionResnetV2 from './modules/inceptionResnetV2.ts'
export * as inceptionV3 from './modules/inceptionV3.ts'
export * as mobilenet from './modules/mobilenet.ts'
export * as mobilenetV2 from './modules/mobilenetV2.ts'
export * as mobilenetV3 from './modules/mobilenetV3.ts'
export * as nasnet from './modules/nasnet.ts'
export * as resnet from './modules/resnet.ts'
export * as resnet50 from './modules/resnet50.ts'
export * as resnetV2 from './modules/resnetV2.ts'
export * as vgg16 from './modules/vgg16.ts'
export * as vgg19 from './modules/vgg19.ts'
export * as xception from './modules/xception.ts'
export { NASNetLarge, NASNetMobile } from './nasnet.ts'
export type { ApplicationOptions } from './options.ts'
export type {
  ImagenetPreprocessingOptions,
  PreprocessInput,
  PreprocessingMode,
  PreprocessingOptions,
} from './preprocessing.ts'
export { ResNet50, ResNet50V2, ResNet101, ResNet101V2, ResNet152, ResNet152V2 } from './resnet.ts'
export { VGG16, VGG19 } from './vgg.ts'
export { Xception } from './xception.ts'
