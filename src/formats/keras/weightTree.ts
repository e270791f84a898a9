// The numbers of a .keras file: model.weights.h5 read into a tree that mirrors its HDF5 groups.
//
//   layers/lstm/cell/vars/0 … → tree.children.get('layers') … .get('lstm') … .get('cell').vars[0]

import { failFormat } from '../formatError.ts'
import { readHdf5 } from '../hdf5/reader.ts'
import type { Hdf5Group } from '../hdf5/tree.ts'
import type { StoredArray } from '../storedArray.ts'

/** One group: the variables of a layer, cell, optimizer or model, and the groups inside it. */
export interface WeightTree {
  /** The name of the layer or optimizer; null where Keras stored none. */
  readonly name: string | null
  /** The variables in Keras's order. */
  readonly vars: readonly StoredArray[]
  /** Variables that have a name instead of a place in that order. */
  readonly named: ReadonlyMap<string, StoredArray>
  /** By the group's name: `layers` and `optimizer` in a model, `lstm`, `lstm_1` … (by class) in `layers`. */
  readonly children: ReadonlyMap<string, WeightTree>
}

const SAVE_AGAIN = 'Save the model again with Keras 3.'

/**
 * Reads the weights that Keras 3 stores beside a model's configuration.
 *
 * @param where The file's name in errors: `.keras file, entry "model.weights.h5"`.
 * @throws {FormatError} where the bytes are not HDF5, are damaged, or have content that Keras does not store there.
 */
export const readWeightTree = async (where: string, bytes: Uint8Array): Promise<WeightTree> =>
  weightTreeOf(where, await readHdf5(where, bytes))

/** The tree of a file's root, whose groups bear the names of Keras 3, also where Keras 2 named them. */
export async function weightTreeOf(where: string, root: Hdf5Group): Promise<WeightTree> {
  const tree = treeOf(where, root)
  if (!isOlderTree(tree)) return tree
  return (await import('./olderTree.ts')).todaysTree(tree)
}

/** Whether groups are named as Keras 2 named them. */
const isOlderTree = ({ children }: WeightTree): boolean =>
  [...children].some(
    ([name, child]) =>
      /\\|^_layer_checkpoint_dependencies/.test(name) ||
      (name.startsWith('multi_head_attention') && child.children.has('_query_dense')) ||
      isOlderTree(child),
  )

function treeOf(where: string, group: Hdf5Group): WeightTree {
  const children = new Map<string, WeightTree>()
  let vars: Hdf5Group | null = null
  for (const [name, child] of group.children) {
    if (child.kind !== 'group')
      failFormat(where, { expected: `a group at "${child.path}"`, got: 'a dataset', remedy: SAVE_AGAIN })
    if (name === 'vars') vars = child
    else children.set(name, treeOf(where, child))
  }
  const name = vars?.attribute('name')?.data[0]
  return {
    name: typeof name === 'string' ? name : null,
    vars: vars ? readVars(where, vars) : [],
    named: vars ? readNamed(vars) : new Map(),
    children,
  }
}

/** Whether a variable is stored by a name of its own, as the weights of a vocabulary are. */
const isName = (key: string): boolean => key === 'idf_weights'

function readNamed({ children }: Hdf5Group): Map<string, StoredArray> {
  const named = [...children].flatMap(([key, child]) =>
    isName(key) && child.kind === 'dataset' ? [[key, child.read()] as const] : [],
  )
  return new Map(named)
}

/** The datasets of a `vars` group are named 0, 1, 2 …, but listed as text: 0, 1, 10, 11, 2 … */
function readVars(where: string, { path, children }: Hdf5Group): StoredArray[] {
  const names = [...children.keys()].filter((name) => !isName(name)).sort((a, b) => Number(a) - Number(b))
  return names.map((name, i) => {
    const dataset = children.get(name)
    if (name === String(i) && dataset?.kind === 'dataset') return dataset.read()
    const got = name === String(i) ? 'no dataset' : `"${name}"`
    return failFormat(where, { expected: `variable ${i} at "${path}/${i}"`, got, remedy: SAVE_AGAIN })
  })
}
