// Layers inside layers.

import type { Layer } from './layer.ts'

/** A layer with all layers inside it. */
export const withParts = (layer: Layer): readonly Layer[] => [layer, ...layer.parts.flatMap(withParts)]
