// What a call of a layer of the user's own is: the graph of its method `call`, with its masks, losses and new values of weights.

import { underPolicy } from './dtypePolicy.ts'
import { symbolicTensors } from './layerCall.ts'
import type { LayerTable } from './layerDefinition.ts'
import type { LayerGraph } from './layerGraph.ts'
import type { OwnOptions, SymbolicTensor } from './symbolicTensor.ts'
import { type Placeholder, trace } from './trace.ts'
import type { TracedLayer } from './tracedLayer.ts'
import type { DrawnVariable } from './variable.ts'

/** For each argument of a call null, where it is a tensor, or how many are in its list. */
export type Structure = readonly (number | null)[]

/** What a call adds to a step beside its results. */
export interface Additions {
  readonly losses: SymbolicTensor[]
  /** New values of weights. */
  readonly assigned: Map<DrawnVariable, SymbolicTensor>
}

/** The graph of a call. Its outputs are results, then losses, then new values of weights, then masks of results. */
export interface TracedCall {
  readonly graph: LayerGraph
  readonly results: number
  readonly losses: number
  readonly assigned: readonly DrawnVariable[]
  /** For each result the output that is its mask; null where it has none, or the mask that came with it. */
  readonly masks: readonly (number | null)[]
  /** Whether the results are a list, also if it is one of one. */
  readonly isList: boolean
}

/** The structure of a call, by the options of its node. */
export const structureOf = (options: OwnOptions, count: number): Structure =>
  (options.structure as Structure | undefined) ?? [count === 1 ? null : count]

/** Values in the order of a call's tensors as its arguments. */
export function argumentsOf<T>(values: readonly T[], structure: Structure): readonly (T | readonly T[])[] {
  const remaining = [...values]
  return structure.map((count) => (count === null ? (remaining.shift() as T) : remaining.splice(0, count)))
}

/** Runs a layer's `call` on placeholders. */
export function traceCall(
  layer: TracedLayer<LayerTable>,
  placeholders: readonly Placeholder[],
  structure: Structure,
  training: boolean,
): TracedCall {
  const where = `${layer.where}.call`
  const maskShapes = placeholders.flatMap(({ shape, maskAxes }) =>
    maskAxes ? [{ shape: shape.slice(0, maskAxes) }] : [],
  )
  const additions: Additions = { losses: [], assigned: new Map() }
  let results: readonly SymbolicTensor[] = []
  let masks: (number | null)[] = []
  let isList = false
  const graph = trace(
    { where, owner: layer.where, parts: layer.parts },
    [...placeholders, ...maskShapes],
    (tensors) => {
      const given = [...tensors.slice(placeholders.length)]
      const inputs = argumentsOf(tensors.slice(0, placeholders.length), structure)
      const inputMasks = argumentsOf(
        placeholders.map(({ maskAxes }) => (maskAxes ? (given.shift() ?? null) : null)),
        structure,
      )
      const mask = (inputMasks.length === 1 ? inputMasks[0] : inputMasks.flat()) ?? null
      const first = inputs[0] as SymbolicTensor | readonly SymbolicTensor[]
      // The method's author declared what it takes.
      const call = layer.call.bind(layer) as unknown as (...args: readonly unknown[]) => unknown
      const computed = underPolicy(layer.dtypePolicy, () =>
        layer.collecting(additions, () => {
          const returned = call(...inputs, { training, mask })
          isList = Array.isArray(returned)
          results = symbolicTensors(
            returned,
            where,
            'to return a symbolic tensor, or a list of them, that ops and layers made of its inputs',
          )
          const isMasked = layer.supportsMasking && maskShapes.length > 0
          return isMasked ? [layer.computeMask(inputs.length === 1 ? first : inputs.flat(), mask)].flat() : []
        }),
      )
      const outputs = [...results, ...additions.losses, ...additions.assigned.values()]
      masks = results.map((_, i) => (computed[i] ? outputs.push(computed[i]) - 1 : null))
      return outputs
    },
  )
  const assigned = [...additions.assigned.keys()]
  return { graph, results: results.length, losses: additions.losses.length, assigned, masks, isList }
}
