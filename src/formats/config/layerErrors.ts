// What a file is told whose layers cannot be made: the texts are loaded with the first of them.

import { didYouMean, fail } from '../../errors.ts'
import type { Layer } from '../../layers/layer.ts'
import { failFormat } from '../formatError.ts'
import type { KerasConfig } from '../kerasConfig.ts'
import { namedIn } from './json.ts'
import { layerModules } from './layersByName.ts'
import { rareModules } from './rareLayers.ts'
import { refusedLayers } from './refusedLayers.ts'

/** Every class of layer that files may name, inputs aside. */
const layerNames: readonly string[] = [
  ...layerModules.keys(),
  ...rareModules.flatMap(([names]) => names.split(' ')),
].sort()

/** How many names an error lists. */
const MOST_NAMES = 8

/** Whether a config is of a class of Keras, as far as it says; those of the user's own are of another module, or of none. */
const isOfKeras = ({ module }: KerasConfig): boolean =>
  module === undefined || /^keras\b/.test(String(module))

/** Throws what to do about a layer of a class that is not here. */
export function failUnknownLayer(config: KerasConfig, where: string): never {
  const { class_name: className } = config
  const name = typeof config.config.name === 'string' ? config.config.name : '?'
  const instead = namedIn(refusedLayers, className)
  // Keras 2 does not say whose class it is.
  const guess = isOfKeras(config) ? didYouMean(className, ['InputLayer', ...layerNames]) : undefined
  const ownClass = `Files hold no code: write a class that extends Layer, and call register('${className}', …) before.`
  return fail(where, {
    expected: 'layers of Keras that are here, or classes that are registered',
    got: `${className} "${name}"`,
    remedy: instead
      ? `${instead[0]?.toUpperCase()}${instead.slice(1)}.`
      : [guess, config.module === undefined || !guess ? ownClass : undefined].filter(Boolean).join(' '),
  })
}

/** Throws what to do about a class that makes a layer without the name in its options. */
export const failRenamed = (made: Layer, name: unknown, where: string): never =>
  fail(where, {
    expected: `${made.className} "${name}"`,
    got: made.where,
    remedy: 'Write constructor(options) { super(options) }.',
  })

/** Throws for a layer that no output of its model reads. */
export const failBeside = (lost: Layer, where: string): never =>
  failFormat(where, { expected: 'layers on which an output depends', got: `${lost.where}, beside them` })

/** Throws for layers of which each is called on what another one returns. */
export function failCycle(names: readonly string[], where: string): never {
  const shown = names.length > MOST_NAMES ? [...names.slice(0, MOST_NAMES), '…'] : names
  return failFormat(where, {
    expected: 'a graph without cycles',
    got: `layers that wait for each other: ${shown.join(', ')}`,
  })
}
