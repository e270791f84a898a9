// Functions of symbolic tensors as graphs: a function runs once on placeholders, and what it did with them is what every step does.

import { RecurraError } from '../../errors.ts'
import type { OpenShape } from '../../util/shape.ts'
import { inputLayer, ModelInput } from '../core/input.ts'
import type { Layer } from '../layer.ts'
import { allowNumbers } from '../layerCall.ts'
import type { LayerGraph } from '../layerGraph.ts'
import { keepingNames } from '../naming.ts'
import { type LayerNode, nodeOf, type SymbolicTensor } from '../symbolicTensor.ts'
import { findTopology } from '../topology.ts'
import { withParts } from '../withParts.ts'
import { symbolicNumbers } from './numbersLayer.ts'
import { asTraced } from './tracing.ts'

/** What stands for a tensor that the function is called on. */
export interface Placeholder {
  readonly shape: OpenShape
  /** The number of axes of its mask; none by default. */
  readonly maskAxes?: number | undefined
}

/** A function to trace. */
export interface Traceable {
  /** The function, for errors: `MyLayer "a".call`. */
  readonly where: string
  /** Whose function it is, if somebody's: `MyLayer "a"`. */
  readonly owner?: string
  /** Layers that the function may call. Their calls in it are no calls of theirs afterwards. */
  readonly parts?: readonly Layer[]
}

/** Of new calls those that no function made: they make the graph of a Sequential that was not built before, from an input of its own. */
function callsOfModels(
  nodes: readonly LayerNode[],
  inputs: readonly SymbolicTensor[],
): ReadonlySet<LayerNode> {
  const found = new Set<LayerNode>()
  const isOfModel = (tensor: SymbolicTensor): boolean =>
    found.has(nodeOf(tensor)) || (tensor.layer instanceof ModelInput && !inputs.includes(tensor))
  for (const node of [...nodes].sort((a, b) => a.order - b.order))
    if (node.inputs.some(isOfModel)) found.add(node)
  return found
}

/**
 * The graph of a function.
 *
 * @param fn Returns the outputs of the graph.
 */
export function trace(
  { where, owner = where, parts = [] }: Traceable,
  placeholders: readonly Placeholder[],
  fn: (inputs: readonly SymbolicTensor[]) => readonly SymbolicTensor[],
): LayerGraph {
  const callable = withParts(parts)
  const counts = callable.map(({ nodes }) => nodes.length)
  let ofModels: ReadonlySet<LayerNode> = new Set()
  const node = { inputs: [], states: 0, options: {}, masks: [], training: null }
  try {
    return keepingNames(() => {
      const inputs = placeholders.map(({ shape, maskAxes }, i) => {
        const layer = inputLayer({ batchShape: shape, name: `input ${i + 1} of ${where}` })
        return layer.addNode(node, [{ shape, maskAxes }])[0] as SymbolicTensor
      })
      const effects: SymbolicTensor[] = []
      const outputs = asTraced(effects, () => allowNumbers(symbolicNumbers, () => fn(inputs)))
      const remedy = 'It is a tensor of another graph: give it to the call as an input.'
      // A call whose result nothing reads may change states.
      const made = callable.flatMap(({ nodes }, i) => nodes.slice(counts[i]))
      ofModels = callsOfModels(made, inputs)
      const called = made.filter((each) => !ofModels.has(each)).flatMap((each) => each.outputs)
      const topology = findTopology(where, inputs, [...outputs, ...called, ...effects], remedy)
      // Code runs as it is written: what a call reads of states is what calls before it have left.
      const calls = [...topology.calls].sort((a, b) => a.node.order - b.node.order)
      return { inputs, outputs, topology: { ...topology, calls } }
    })
  } catch (error) {
    // What the function calls names itself, but not the function.
    if (error instanceof RecurraError && !error.message.startsWith(owner))
      throw new RecurraError(`${where}, ${error.message}`)
    throw error
  } finally {
    callable.forEach(({ nodes }, i) => {
      // Those of models stay at their places, by which tensors know them.
      const last = nodes.map((each) => ofModels.has(each)).lastIndexOf(true)
      nodes.length = Math.max(counts[i] ?? 0, last + 1)
    })
  }
}
