// Updates of all weights that keep a moving average of them in the same launch: a second form of the kernels that optimizers.ts and
// adaptiveUpdates.ts name, which optimizers name beside their rules.

import type { Graph, Value } from '../graph/graph.ts'
import type { Kernel } from '../graph/kernel.ts'
import { inThreads, launchesOf } from '../graph/launch.ts'
import type { Attributes, Operation } from '../graph/operation.ts'
import { type AverageAttributes, averageWeights } from './aroundUpdate.ts'

interface AveragedAttributes {
  readonly update: Attributes
  readonly average: AverageAttributes
}

const made = new Map<Operation, Operation>()

/** The form of an update that averages, by its kernel. */
function averagedForm(original: Operation, kernel: Kernel): Operation {
  const found = made.get(original)
  if (found) return found
  const average = averageWeights.operation
  const first = (attrs: Attributes): Attributes => (attrs as AveragedAttributes).update
  const averaged: Operation = {
    ...original,
    name: kernel.name,
    kernel,
    inTurn: [original, average],
    inputNames: [...original.inputNames, 'averages'],
    updates: [...original.updates, 'averages'],
    dims: (attrs) => ({ ...original.dims(first(attrs)), averages: '...S' }),
    outputShapes: (inputs, attrs) => original.outputShapes(inputs, first(attrs)),
    params: (shapes, attrs) => ({
      ...average.params(shapes, (attrs as AveragedAttributes).average),
      ...original.params(shapes, first(attrs)),
    }),
    launches: (params, device) => launchesOf(kernel, params, inThreads(Number(params.size)), device),
  }
  made.set(original, averaged)
  return averaged
}

/**
 * The moving average of all weights behind an update: in its launch, if the node before is one that can.
 *
 * @param kernel The form of the update's kernel that averages; undefined if there is none.
 */
export function averageAfter(
  graph: Graph,
  tensors: { readonly parameters: Value; readonly averages: Value; readonly scaling?: Value | undefined },
  average: AverageAttributes,
  kernel: Kernel | undefined,
): void {
  const node = graph.nodes.at(-1)
  if (!kernel || node?.inputs.parameters !== tensors.parameters) {
    averageWeights(graph, tensors, average)
    return
  }
  node.op = averagedForm(node.op, kernel)
  node.inputs = { ...node.inputs, averages: tensors.averages }
  node.attrs = { update: node.attrs, average } satisfies AveragedAttributes
}
