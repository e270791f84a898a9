// The namespace `layers`, as Keras has it: all layers, cells, and the class of layers of one's own.

import { layerOf, writeLayer } from '../layers/callable.ts'
import type { Layer as AnyLayer } from '../layers/layer.ts'
import type { WrittenMember } from '../layers/members.ts'
import type { Identified } from '../util/identified.ts'

export * from '../layers/index.ts'
export { Layer, type LayerClass, type OwnLayer } from '../layers/layerClass.ts'
export * from './index.ts'

/**
 * The layer of a config: a new one of that class with the same options, not built. Classes of one's own are those that are registered.
 *
 * @throws {RecurraError} if there is no such class, or one of its options is wrong.
 * @see keras/src/layers/__init__.py
 */
export const deserialize = (config: Identified): AnyLayer => layerOf(config, 'layers.deserialize')

/** A layer by its class and options. */
export const serialize = (layer: AnyLayer): WrittenMember => writeLayer(layerOf(layer, 'layers.serialize'))
