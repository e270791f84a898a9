// Weights as Keras writes them: model.weights.h5 with the variables of each group.

import { File, type Group, ready } from 'h5wasm'
import type { Tensor } from '../../src/index.ts'

/** @param groups Variables in order by the path of their layer, such as `layers/lstm/cell`. */
export async function weightsFile(groups: Readonly<Record<string, readonly Tensor[]>>): Promise<Uint8Array> {
  const library = await ready
  const path = '/weights.h5'
  const file = new File(path, 'w')
  for (const [name, variables] of Object.entries(groups)) {
    const vars = [...name.split('/'), 'vars'].reduce<Group>(
      (parent, part) => (parent.get(part) as Group | null) ?? parent.create_group(part),
      file,
    )
    variables.forEach(({ data, shape }, i) => {
      vars.create_dataset({ name: `${i}`, data, shape: [...shape] })
    })
  }
  file.close()
  return library.FS.readFile(path)
}
