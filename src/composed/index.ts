// Layers of Recurra that are written as users write theirs: classes that extend `Layer`, whose `call` is an expression of `ops`.

export { GroupNormalization, type GroupNormalizationOptions } from './groupNormalization.ts'
export { RMSNormalization, type RMSNormalizationOptions } from './rmsNormalization.ts'
export { UnitNormalization, type UnitNormalizationOptions } from './unitNormalization.ts'
