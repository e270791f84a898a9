// `keras.applications.convnext`.

export { ConvNeXtBase, ConvNeXtLarge, ConvNeXtSmall, ConvNeXtTiny, ConvNeXtXLarge } from '../convnext.ts'
export { decodePredictions } from '../decodePredictions.ts'
export { preprocessNothing as preprocessInput } from '../preprocessing.ts'
