// Updates of all weights that keep a moving average of them in the same launch: the second form of the kernels that
// optimizers.ts and adaptiveUpdates.ts name.

import type { Graph, Value } from '../graph/graph.ts'
import type { Kernel } from '../graph/kernel.ts'
import { inThreads, launchesOf } from '../graph/launch.ts'
import type { Attributes, Operation } from '../graph/operation.ts'
import { type AverageAttributes, averageWeights } from './aroundUpdate.ts'
import {
  adadeltaAveraged,
  adagradAveraged,
  adamAveraged,
  adamaxAveraged,
  ftrlAveraged,
  lionAveraged,
  nadamAveraged,
  rmspropAveraged,
  sgdAveraged,
} from './kernels.gen.ts'

/** By the names of updates. */
const kernels: Readonly<Record<string, Kernel>> = {
  adadelta: adadeltaAveraged,
  adagrad: adagradAveraged,
  adam: adamAveraged,
  adamax: adamaxAveraged,
  ftrl: ftrlAveraged,
  lion: lionAveraged,
  nadam: nadamAveraged,
  rmsprop: rmspropAveraged,
  sgd: sgdAveraged,
}

interface AveragedAttributes {
  readonly update: Attributes
  readonly average: AverageAttributes
}

const made = new Map<Operation, Operation>()

/** The form of an update that averages; null if it has none. */
function averagedForm(original: Operation): Operation | null {
  const found = made.get(original)
  if (found) return found
  const kernel = kernels[original.name]
  if (!kernel) return null
  const average = averageWeights.operation
  const [first, second] = [
    (attrs: Attributes) => (attrs as AveragedAttributes).update,
    (attrs: Attributes) => (attrs as AveragedAttributes).average,
  ]
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
      ...average.params(shapes, second(attrs)),
      ...original.params(shapes, first(attrs)),
    }),
    launches: (params, device) => launchesOf(kernel, params, inThreads(Number(params.size)), device),
  }
  made.set(original, averaged)
  return averaged
}

/** The moving average of all weights behind an update: in its launch, if the node before is one that can. */
export function averageAfter(
  graph: Graph,
  tensors: { readonly parameters: Value; readonly averages: Value; readonly scaling?: Value | undefined },
  average: AverageAttributes,
): void {
  const node = graph.nodes.at(-1)
  const isOfAll = node?.inputs.parameters === tensors.parameters
  const form = node && isOfAll ? averagedForm(node.op) : null
  if (!node || !form) {
    averageWeights(graph, tensors, average)
    return
  }
  node.op = form
  node.inputs = { ...node.inputs, averages: tensors.averages }
  node.attrs = { update: node.attrs, average } satisfies AveragedAttributes
}
