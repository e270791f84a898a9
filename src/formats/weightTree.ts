// The numbers of a .keras file: model.weights.h5 read into a tree that mirrors its HDF5 groups.
//
//   layers/lstm/cell/vars/0 … → tree.children.get('layers') … .get('lstm') … .get('cell').vars[0]
//
// h5wasm, the HDF5 group's library compiled to WebAssembly, reads a file from the WebAssembly's memory.

import type { File, Group } from 'h5wasm'
import { fail, RecurraError } from '../errors.ts'
import { isHdf5 } from './foreignFile.ts'
import { readArray, type StoredArray } from './storedArray.ts'
import { MAX_EXPANSION } from './zip.ts'

/** One group: the variables of a layer, cell, optimizer or model, and the groups inside it. */
export interface WeightTree {
  /** The name of the layer or optimizer; null where Keras stored none. */
  name: string | null
  /** The variables in Keras's order. */
  vars: StoredArray[]
  /** Variables that have a name instead of a place in that order. */
  readonly named: Map<string, StoredArray>
  /** By the group's name: `layers` and `optimizer` in a model, `lstm`, `lstm_1` … (by class) in `layers`. */
  readonly children: Map<string, WeightTree>
}

type H5 = typeof import('h5wasm')

const SAVE_AGAIN = 'Save the model again with Keras 3.'

let files = 0

/**
 * Reads the weights that Keras 3 stores beside a model's configuration.
 *
 * @param where The file's name in errors: `.keras file, entry "model.weights.h5"`.
 * @throws RecurraError where the bytes are not HDF5, are damaged, or have content that Keras does not store there.
 */
export async function readWeightTree(where: string, bytes: Uint8Array): Promise<WeightTree> {
  if (!isHdf5(bytes)) {
    const got = `${bytes.length} bytes that do not begin as one`
    fail(where, { expected: 'an HDF5 file', got, remedy: SAVE_AGAIN })
  }
  const h5 = await import('h5wasm')
  const library = await h5.ready
  const path = `/recurra-${files++}.h5`

  // Nothing is awaited from here on: the library has one error handler for all, and it is put back at the end.
  library.FS.writeFile(path, bytes)
  library.activate_throwing_error_handler()
  let file: File | undefined
  try {
    file = new h5.File(path, 'r')
    return readTree(where, h5, file, bytes.length * MAX_EXPANSION)
  } catch (error) {
    if (error instanceof RecurraError) throw error
    return fail(where, { expected: 'a readable HDF5 file', got: `"${rootCause(error)}"`, remedy: SAVE_AGAIN })
  } finally {
    library.deactivate_throwing_error_handler()
    file?.close()
    // The content is freed even if an error left the file open in the library.
    library.FS.truncate(path, 0)
    library.FS.unlink(path)
  }
}

function readTree(where: string, h5: H5, file: File, maxBytes: number): WeightTree {
  // paths() visits every object once and follows no soft link: no cycle of groups can trap it.
  const paths = file.paths()
  checkSize(where, h5, file, paths, maxBytes)

  const root: WeightTree = { name: null, vars: [], named: new Map(), children: new Map() }
  for (const path of paths) {
    const entity = file.get(path)
    const [parent, name] = splitPath(path)
    if (splitPath(parent)[1] === 'vars') continue
    if (!(entity instanceof h5.Group)) {
      const got = entity instanceof h5.Dataset ? 'a dataset' : 'a broken link'
      fail(where, { expected: `a group at "${path}"`, got, remedy: SAVE_AGAIN })
    }
    const node = nodeAt(root, name === 'vars' ? parent : path)
    if (name === 'vars') {
      node.name = storedName(entity)
      node.vars = readVars(where, h5, entity)
      for (const key of entity.keys().filter(isName)) {
        const dataset = entity.get(key)
        if (dataset instanceof h5.Dataset) node.named.set(key, readArray(where, dataset))
      }
    }
  }
  return root
}

/** Checks the total size before any data is read, because a dataset's header may claim any shape without data. */
function checkSize(where: string, h5: H5, file: File, paths: string[], maxBytes: number): void {
  let bytes = 0
  for (const path of paths) {
    const entity = file.get(path)
    if (entity instanceof h5.Dataset) bytes += entity.metadata.size * entity.metadata.total_size
  }
  if (bytes > maxBytes) fail(where, { expected: `at most ${maxBytes} bytes of arrays`, got: `${bytes}` })
}

/** Whether a variable is stored by a name of its own, as the weights of a vocabulary are. */
const isName = (key: string): boolean => key === 'idf_weights'

/** The datasets of a `vars` group are named 0, 1, 2 …, but listed as text: 0, 1, 10, 11, 2 … */
function readVars(where: string, h5: H5, group: Group): StoredArray[] {
  const names = group
    .keys()
    .filter((name) => !isName(name))
    .sort((a, b) => Number(a) - Number(b))
  return names.map((name, i) => {
    const dataset = group.get(name)
    if (name === String(i) && dataset instanceof h5.Dataset) return readArray(where, dataset)
    const got = name === String(i) ? 'no dataset' : `"${name}"`
    return fail(where, { expected: `variable ${i} at "${group.path}/${i}"`, got, remedy: SAVE_AGAIN })
  })
}

function storedName(group: Group): string | null {
  const value = group.attrs.name?.value
  return typeof value === 'string' ? value : null
}

function nodeAt(root: WeightTree, path: string): WeightTree {
  let node = root
  for (const name of path.split('/').filter((part) => part !== '')) {
    let child = node.children.get(name)
    if (child === undefined) {
      child = { name: null, vars: [], named: new Map(), children: new Map() }
      node.children.set(name, child)
    }
    node = child
  }
  return node
}

/** `['layers/lstm', 'vars']` of `layers/lstm/vars`. */
function splitPath(path: string): [parent: string, name: string] {
  const at = path.lastIndexOf('/')
  return [path.slice(0, Math.max(at, 0)), path.slice(at + 1)]
}

/** The cause of an error: HDF5 prints its whole call stack, whose innermost entry names it. */
function rootCause(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  const innermost = text
    .split('\n')
    .filter((line) => /^\s*#\d+:/.test(line))
    .at(-1)
  return innermost?.replace(/^.*?\(\): /, '') ?? text
}
