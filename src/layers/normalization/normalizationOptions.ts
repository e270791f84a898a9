// Options of layers that normalize by mean and variance, and then scale and shift.

import { checkFinite } from '../../errors.ts'
import { option, type TableFor } from '../../util/options.ts'
import { flag, initializer, type LayerOptions, layerOptions } from '../options.ts'
import type { InitializerIdentifier } from '../weights/initializer.ts'
import { type NormalizationRules, rulesOf } from '../weights/weightRules.ts'

export interface NormalizationOptions extends LayerOptions, NormalizationRules {
  /** Added to the variance before its root is taken, `0.001` by default. */
  readonly epsilon?: number
  /** Whether a learned `beta` is added, `true` by default. */
  readonly center?: boolean
  /** Whether the result is multiplied by a learned `gamma`, `true` by default. */
  readonly scale?: boolean
  /** First values of `beta`, `'zeros'` by default. */
  readonly betaInitializer?: InitializerIdentifier
  /** First values of `gamma`, `'ones'` by default. */
  readonly gammaInitializer?: InitializerIdentifier
}

/** What is added before a root is taken. */
export const epsilon = (fallback: number) =>
  option(fallback, (where, name, value) => checkFinite(where, name, value, { min: 0 }))

export const normalizationOptions = {
  ...layerOptions,
  epsilon: epsilon(1e-3),
  center: flag(true),
  scale: flag(true),
  betaInitializer: initializer('zeros'),
  gammaInitializer: initializer('ones'),
  ...rulesOf('beta', 'gamma'),
} as const satisfies TableFor<NormalizationOptions>
