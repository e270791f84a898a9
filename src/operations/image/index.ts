// `ops.image`, as Keras has it: images in other sizes and colors, parts and windows of them, filters, and other views. All work on one
// image or a batch, `[rows, columns, channels]` or `[batch, rows, columns, channels]`, and can be differentiated.

export { hsvToRgb, rgbToGrayscale, rgbToHsv } from './colors.ts'
export {
  type AffineTransformOptions,
  affineTransform,
  type ElasticTransformOptions,
  elasticTransform,
  mapCoordinates,
  type PerspectiveTransformOptions,
  perspectiveTransform,
} from './coordinates.ts'
export { type CropImagesOptions, cropImages, type PadImagesOptions, padImages } from './edges.ts'
export {
  type GaussianBlurOptions,
  gaussianBlur,
  type SsimOptions,
  sobelEdges,
  ssim,
} from './filters.ts'
export type { ImageOptions } from './imageCall.ts'
export {
  type ExtractPatchesOptions,
  extractPatches,
  extractPatches3d,
  type ReconstructPatchesOptions,
  reconstructPatches,
} from './patches.ts'
export { type ResizeOptions, resize, type ScaleAndTranslateOptions, scaleAndTranslate } from './resizing.ts'
export type { FillOptions } from './sampling.ts'
