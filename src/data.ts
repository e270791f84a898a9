// `recurra/data`: data made ready for training, and Keras's data sets.

export * from './data/index.ts'
export {
  type ArrayToImgOptions,
  arrayToImg,
  type ColorMode,
  type DrawnImage,
  type ImagePixels,
  type ImgToArrayOptions,
  imgToArray,
  type PageImage,
} from './datasets/imageArrays.ts'
export type {
  CaliforniaHousingOptions,
  Cifar100Options,
  DatasetOptions,
  Loaded,
  ReutersOptions,
  TableDataOptions,
  WordSequenceOptions,
} from './datasets/index.ts'
export * as datasets from './datasets/index.ts'
