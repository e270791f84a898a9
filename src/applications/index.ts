// Networks of images as `keras.applications` has them: functions, and the modules by which Keras prepares images for them.

import * as convnexts from './convnext.ts'
import { decodePredictions } from './decodePredictions.ts'
import * as densenets from './densenet.ts'
import * as efficientnets from './efficientnet.ts'
import * as efficientnetsV2 from './efficientnetV2.ts'
import * as inceptionResnetsV2 from './inceptionResnetV2.ts'
import * as inceptionsV3 from './inceptionV3.ts'
import * as mobilenets from './mobilenet.ts'
import * as mobilenetsV2 from './mobilenetV2.ts'
import * as nasnets from './nasnet.ts'
import { preprocessInput, preprocessInputOf } from './preprocessing.ts'
import * as resnets from './resnet.ts'
import * as vggs from './vgg.ts'
import * as xceptions from './xception.ts'

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

const caffe = { preprocessInput: preprocessInputOf('caffe'), decodePredictions } as const
const tf = { preprocessInput: preprocessInputOf('tf'), decodePredictions } as const
const torch = { preprocessInput: preprocessInputOf('torch'), decodePredictions } as const
/** For networks that prepare images themselves. */
const itself = { preprocessInput: preprocessInputOf(null), decodePredictions } as const

/** Prepares images by a mode, and tells classes of ImageNet by their names. */
export const imagenetUtils = { preprocessInput, decodePredictions } as const
/** `keras.applications.vgg16`. */
export const vgg16 = { VGG16: vggs.VGG16, ...caffe } as const
/** `keras.applications.vgg19`. */
export const vgg19 = { VGG19: vggs.VGG19, ...caffe } as const
/** `keras.applications.resnet50`. */
export const resnet50 = { ResNet50: resnets.ResNet50, ...caffe } as const
/** `keras.applications.resnet`. */
export const resnet = {
  ResNet50: resnets.ResNet50,
  ResNet101: resnets.ResNet101,
  ResNet152: resnets.ResNet152,
  ...caffe,
} as const
/** `keras.applications.resnet_v2`. */
export const resnetV2 = {
  ResNet50V2: resnets.ResNet50V2,
  ResNet101V2: resnets.ResNet101V2,
  ResNet152V2: resnets.ResNet152V2,
  ...tf,
} as const
/** `keras.applications.densenet`. */
export const densenet = {
  DenseNet121: densenets.DenseNet121,
  DenseNet169: densenets.DenseNet169,
  DenseNet201: densenets.DenseNet201,
  ...torch,
} as const
/** `keras.applications.xception`. */
export const xception = { Xception: xceptions.Xception, ...tf } as const
/** `keras.applications.inception_v3`. */
export const inceptionV3 = { InceptionV3: inceptionsV3.InceptionV3, ...tf } as const
/** `keras.applications.inception_resnet_v2`. */
export const inceptionResnetV2 = { InceptionResNetV2: inceptionResnetsV2.InceptionResNetV2, ...tf } as const
/** `keras.applications.mobilenet`. */
export const mobilenet = { MobileNet: mobilenets.MobileNet, ...tf } as const
/** `keras.applications.mobilenet_v2`. */
export const mobilenetV2 = { MobileNetV2: mobilenetsV2.MobileNetV2, ...tf } as const
/** `keras.applications.mobilenet_v3`. */
export const mobilenetV3 = itself
/** `keras.applications.nasnet`. */
export const nasnet = {
  NASNetMobile: nasnets.NASNetMobile,
  NASNetLarge: nasnets.NASNetLarge,
  ...tf,
} as const
/** `keras.applications.efficientnet`. */
export const efficientnet = {
  EfficientNetB0: efficientnets.EfficientNetB0,
  EfficientNetB1: efficientnets.EfficientNetB1,
  EfficientNetB2: efficientnets.EfficientNetB2,
  EfficientNetB3: efficientnets.EfficientNetB3,
  EfficientNetB4: efficientnets.EfficientNetB4,
  EfficientNetB5: efficientnets.EfficientNetB5,
  EfficientNetB6: efficientnets.EfficientNetB6,
  EfficientNetB7: efficientnets.EfficientNetB7,
  ...itself,
} as const
/** `keras.applications.efficientnet_v2`. */
export const efficientnetV2 = {
  EfficientNetV2B0: efficientnetsV2.EfficientNetV2B0,
  EfficientNetV2B1: efficientnetsV2.EfficientNetV2B1,
  EfficientNetV2B2: efficientnetsV2.EfficientNetV2B2,
  EfficientNetV2B3: efficientnetsV2.EfficientNetV2B3,
  EfficientNetV2S: efficientnetsV2.EfficientNetV2S,
  EfficientNetV2M: efficientnetsV2.EfficientNetV2M,
  EfficientNetV2L: efficientnetsV2.EfficientNetV2L,
  ...itself,
} as const
/** `keras.applications.convnext`. */
export const convnext = {
  ConvNeXtTiny: convnexts.ConvNeXtTiny,
  ConvNeXtSmall: convnexts.ConvNeXtSmall,
  ConvNeXtBase: convnexts.ConvNeXtBase,
  ConvNeXtLarge: convnexts.ConvNeXtLarge,
  ConvNeXtXLarge: convnexts.ConvNeXtXLarge,
  ...itself,
} as const
