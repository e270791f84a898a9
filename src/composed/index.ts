// Layers of Recurra that are written as users write theirs: classes that extend `Layer`, whose `call` is an expression of `ops`.

export { ActivityRegularization, type ActivityRegularizationOptions } from './activityRegularization.ts'
export { AlphaDropout, type AlphaDropoutOptions } from './alphaDropout.ts'
export { GroupNormalization, type GroupNormalizationOptions } from './groupNormalization.ts'
export { MelSpectrogram, type MelSpectrogramOptions } from './melSpectrogram.ts'
export { RMSNormalization, type RMSNormalizationOptions } from './rmsNormalization.ts'
export {
  SpatialDropout1D,
  type SpatialDropout1DOptions,
  SpatialDropout2D,
  SpatialDropout3D,
  type SpatialDropoutOptions,
} from './spatialDropout.ts'
export { STFTSpectrogram, type STFTSpectrogramOptions } from './stftSpectrogram.ts'
export { UnitNormalization, type UnitNormalizationOptions } from './unitNormalization.ts'
