// Weights as Keras writes them: model.weights.h5 with the variables of each group.

import type { WrittenDataset, WrittenGroup } from '../../src/formats/hdf5/tree.ts'
import { writeHdf5 } from '../../src/formats/hdf5/writer.ts'

/** One variable; `dtype` is float32 by default. */
export interface StoredVariable {
  readonly shape: readonly number[]
  readonly data: ArrayBufferView
  readonly dtype?: WrittenDataset['dtype']
}

type Children = Map<string, WrittenGroup | WrittenDataset>

/** @param groups Variables in order by the path of their layer, such as `layers/lstm/cell`. */
export function weightsFile(groups: Readonly<Record<string, readonly StoredVariable[]>>): Uint8Array {
  const root: Children = new Map()
  const inside = (parent: Children, name: string): Children => {
    const found = parent.get(name)
    if (found && 'children' in found) return found.children as Children
    const children: Children = new Map()
    parent.set(name, { children })
    return children
  }
  for (const [name, variables] of Object.entries(groups)) {
    const vars = [...name.split('/'), 'vars'].reduce(inside, root)
    variables.forEach(({ shape, data, dtype = 'float32' }, i) => {
      vars.set(`${i}`, { shape, data, dtype })
    })
  }
  return new Uint8Array(Buffer.concat(writeHdf5({ children: root })))
}
