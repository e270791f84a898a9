// Layers of a model that have no weights yet.

import type { Layer } from '../layers/layer.ts'

/** What may be a model of a class without a call, which computes nothing by itself: its methods call its layers. */
interface Holder {
  readonly parts: readonly Layer[]
  readonly hasOutputs?: boolean
}

/** Models of which a first run of their step has made the weights of all layers that steps call. */
export const builtInSteps = new WeakSet<object>()

export const openParts = ({ parts }: Holder): readonly Layer[] =>
  parts.flatMap((part: Layer & Pick<Holder, 'hasOutputs'>) => {
    if (part.built) return []
    return part.hasOutputs === false ? openParts(part) : [part]
  })
