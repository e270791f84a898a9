// The graph of layers between a model's inputs and outputs, in Keras's order: by depth from the outputs, within a depth
// by the order in which a walk from the outputs meets the layers (keras/src/ops/function.py).

import { fail } from '../errors.ts'
import { ModelInput } from './core/input.ts'
import type { Layer } from './layer.ts'
import { type LayerNode, nodeOf, type SymbolicTensor } from './symbolicTensor.ts'

/** One call of a layer that the model consists of. */
export interface Call {
  readonly layer: Layer
  readonly node: LayerNode
}

export interface Topology {
  /** Each layer once. */
  readonly layers: readonly Layer[]
  /** In the order in which Keras runs them. */
  readonly calls: readonly Call[]
  /** Keras calls a model chain-like, and prints it without connections, when it is. */
  readonly isChain: boolean
}

/** A call on the way of a walk, and which of its inputs comes next. */
interface Visit extends Call {
  readonly before: readonly SymbolicTensor[]
  next: number
}

/** Finds all that lies between inputs and outputs; throws where an output needs an input that is not given. */
export function findTopology(
  where: string,
  inputs: readonly SymbolicTensor[],
  outputs: readonly SymbolicTensor[],
  remedy = 'Add that Input to the inputs.',
): Topology {
  const met = new Set<Layer>()
  /** The layer of each call, behind those of the calls that it reads. */
  const calls = new Map<LayerNode, Layer>()
  const open = new Set<LayerNode>()
  const given = new Set(inputs)
  const enter = (tensor: SymbolicTensor): Visit | null => {
    const node = nodeOf(tensor)
    if (open.has(node))
      fail(where, { expected: 'a graph without cycles', got: `a cycle through ${tensor.layer.where}` })
    if (calls.has(node)) return null
    met.add(tensor.layer)
    if (tensor.layer instanceof ModelInput && !given.has(tensor)) {
      fail(where, {
        expected: 'outputs that depend on the inputs given only',
        got: `one that needs the input "${tensor.layer.name}"`,
        remedy,
      })
    }
    open.add(node)
    return { layer: tensor.layer, node, before: given.has(tensor) ? [] : node.inputs, next: 0 }
  }
  // Depth first, with a list in place of recursion: graphs may be deeper than calls can be.
  const visit = (tensor: SymbolicTensor): void => {
    const path: Visit[] = []
    const go = (to: SymbolicTensor): void => {
      const entered = enter(to)
      if (entered) path.push(entered)
    }
    go(tensor)
    for (let at = path.at(-1); at; at = path.at(-1)) {
      const input = at.before[at.next++]
      if (input) {
        go(input)
        continue
      }
      path.pop()
      open.delete(at.node)
      calls.set(at.node, at.layer)
    }
  }
  // Inputs on which no output depends are layers of the model, too.
  for (const tensor of [...outputs, ...inputs]) visit(tensor)

  const nodeDepths = new Map<LayerNode, number>()
  const layerDepths = new Map<Layer, number>()
  for (const [node, layer] of [...calls].reverse()) {
    const depth = Math.max(nodeDepths.get(node) ?? 0, layerDepths.get(layer) ?? 0)
    nodeDepths.set(node, depth)
    layerDepths.set(layer, depth)
    for (const input of node.inputs) {
      const above = nodeOf(input)
      nodeDepths.set(above, Math.max(depth + 1, nodeDepths.get(above) ?? 0))
    }
  }
  const layers = [...met].sort((a, b) => (layerDepths.get(b) ?? 0) - (layerDepths.get(a) ?? 0))
  const nodes = [...calls.keys()]
  const depths = nodes.map((node) => nodeDepths.get(node))
  const isChain =
    new Set(depths).size === nodes.length &&
    layers.length === nodes.length &&
    nodes.every(({ inputs }) => inputs.length <= 1)
  // Layers that several calls share have states and moving means, on which the order within a depth shows.
  const running = [...nodeDepths].sort(([, a], [, b]) => b - a)
  const inOrder = running.flatMap(([node]) => {
    const layer = calls.get(node)
    return layer ? [{ layer, node }] : []
  })
  return { layers, calls: inOrder, isChain }
}

/** Throws where two layers have one name, by which data, files and users find them. */
export function checkNames(where: string, layers: readonly Layer[]): void {
  const names = new Set<string>()
  for (const { name } of layers) {
    if (names.has(name)) {
      fail(where, {
        expected: 'layers of different names',
        got: `two named "${name}"`,
        remedy: 'Give one of them another name.',
      })
    }
    names.add(name)
  }
}
