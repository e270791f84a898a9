// Layers inside layers.

interface Holder {
  readonly parts: readonly Holder[]
}

/**
 * Layers with all layers inside them, each once and before its parts: layers may share others, and may hold each other.
 *
 * @param enters Whether a layer, with what is inside it alone, is among them.
 */
export function withParts<L extends Holder & { readonly parts: readonly L[] }>(
  layers: readonly L[],
  enters: (layer: L) => boolean = () => true,
): readonly L[] {
  const found = new Set<L>()
  const visit = (layer: L): void => {
    if (found.has(layer) || !enters(layer)) return
    found.add(layer)
    layer.parts.forEach(visit)
  }
  layers.forEach(visit)
  return [...found]
}
