// The groups of weights as Keras 2.12 to 2.15 named them, named as Keras 3 does.
//
//   _layer_checkpoint_dependencies/lstm_2/cell   → layers/lstm_1/cell: it counted each layer with weights twice
//   layers\lstm_1\cell                           → layers/lstm_1/cell: written on Windows, one group for the whole path
//   multi_head_attention/_query_dense            → multi_head_attention/query_dense

import type { WeightTree } from './weightTree.ts'

const CONTAINER = '_layer_checkpoint_dependencies'

interface Grown extends WeightTree {
  readonly children: Map<string, Grown>
}

/** The same groups under the names of Keras 3. */
export function todaysTree(tree: WeightTree): WeightTree {
  const root: Grown = { name: tree.name, vars: tree.vars, named: tree.named, children: new Map() }
  graft(root, tree, '')
  return counted(root)
}

/** Puts the children of a group into another, those with backslashes where their paths say. */
function graft(target: Grown, { children }: WeightTree, inside: string): void {
  for (const [path, child] of children) {
    let at = target
    let parent = inside
    for (const name of path.split('\\')) {
      const today = name === CONTAINER ? 'layers' : partOf(parent, name)
      const found: Grown = at.children.get(today) ?? {
        name: null,
        vars: [],
        named: new Map(),
        children: new Map(),
      }
      at.children.set(today, found)
      at = found
      parent = today
    }
    const { name, vars, named } = child
    if (vars.length > 0) Object.assign(at, { name, vars, named })
    graft(at, child, parent)
  }
}

/** The layers of an attention were private attributes. */
const partOf = (parent: string, name: string): string =>
  parent.startsWith('multi_head_attention') ? name.replace(/^_(?=\w+_dense$)/, '') : name

/** Numbers the layers of each class in a row, from the second on. */
function counted(tree: Grown): WeightTree {
  const children = [...tree.children].map(([name, child]): readonly [string, WeightTree] => [
    name,
    name === 'layers' ? { ...child, children: renumbered(child) } : counted(child),
  ])
  return { ...tree, children: new Map(children) }
}

function renumbered({ children }: Grown): Map<string, WeightTree> {
  const counts = new Map<string, number>()
  const numbered = [...children].map(([name, child]) => {
    const [, base = name, number = '0'] = /^(.*?)(?:_(\d+))?$/.exec(name) ?? []
    return { base, number: Number(number), child }
  })
  numbered.sort((a, b) => a.number - b.number)
  return new Map(
    numbered.map(({ base, child }) => {
      const count = counts.get(base) ?? 0
      counts.set(base, count + 1)
      return [count === 0 ? base : `${base}_${count}`, counted(child)]
    }),
  )
}
