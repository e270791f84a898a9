// Models of classes of the user's own that are given inputs and outputs: their files have the graph, as those of functional models do.

import { describeValue, fail } from '../../errors.ts'
import type { FunctionalModel } from '../../models/functional.ts'
import { byKeys } from '../../models/graphConfig.ts'
import { isFunctional } from '../../models/isFunctional.ts'
import { LayersModel } from '../../models/model.ts'
import type { KerasConfig } from '../kerasConfig.ts'
import { ownClassOf } from './layerConfig.ts'

/** Makes a model of its ends. */
export type MakeModel = (...args: ConstructorParameters<typeof FunctionalModel>) => LayersModel

/** Makes models of the registered class of a config. */
export const makerOfOwn =
  (config: KerasConfig, where: string): MakeModel =>
  (inputs, outputs, options, keys) => {
    const Own = ownClassOf(config) as unknown as new (...args: readonly unknown[]) => unknown
    const made = new Own(byKeys(keys?.inputs, inputs), byKeys(keys?.outputs, outputs), options)
    if (made instanceof LayersModel && isFunctional(made)) return made
    return fail(where, {
      expected: `${config.class_name} to be a model of inputs and outputs`,
      got: describeValue(made),
      remedy: 'Write constructor(inputs, outputs, options) { super(inputs, outputs, options) }, or none.',
    })
  }
