// Layers of a model that have no weights yet.

import type { Layer } from '../layers/layer.ts'

/** What may be a model of a class without a call, which computes nothing by itself: its methods call its layers. */
interface Holder {
  readonly parts: readonly Layer[]
  readonly hasOutputs?: boolean
}

export const openParts = ({ parts }: Holder): readonly Layer[] =>
  parts.flatMap((part: Layer & Pick<Holder, 'hasOutputs'>) => {
    if (part.built) return []
    return part.hasOutputs === false ? openParts(part) : [part]
  })
