// What a call of a layer of the user's own is: the graph of its method `call`, with its masks, losses and new values of weights.

import { fail, RecurraError } from '../../errors.ts'
import { isOptions } from '../../util/options.ts'
import { underPolicy } from '../dtypePolicy.ts'
import type { Layer } from '../layer.ts'
import { type NamedInputs, symbolicTensors } from '../layerCall.ts'
import type { LayerTable } from '../layerDefinition.ts'
import type { LayerGraph } from '../layerGraph.ts'
import { type OwnOptions, SymbolicTensor } from '../symbolicTensor.ts'
import { withParts } from '../withParts.ts'
import {
  type Arrangement,
  argumentsOf,
  arrangementOf,
  flattened,
  listOf,
  type Structure,
  showArrangement,
  sortedNames,
} from './arrangement.ts'
import { type Placeholder, trace } from './trace.ts'
import type { TracedLayer } from './tracedLayer.ts'

/** An argument that is an object of tensors, which is not the options of the call. */
class MarkedInputs {
  constructor(readonly inputs: NamedInputs) {}
}

/** The arguments of a call, whose first one may be an object of tensors. */
export function markNamedInputs([first, ...others]: readonly unknown[]): readonly unknown[] {
  const isNamed = isOptions(first) && Object.values(first).every((value) => value instanceof SymbolicTensor)
  return [isNamed ? new MarkedInputs(first as NamedInputs) : first, ...others]
}

/** The inputs of a call one behind the other, with their structure among its options. */
export function flatInputs(args: readonly unknown[], options: OwnOptions) {
  const given = args.map((argument) => (argument instanceof MarkedInputs ? argument.inputs : argument))
  const structure: Structure = given.map(arrangementOf)
  return [flattened(given), { ...options, structure }] as const
}

/** What a call adds to a step beside its results. */
export interface Additions {
  readonly losses: SymbolicTensor[]
  /** The results of assignments to weights. */
  readonly assignments: SymbolicTensor[]
}

/** The graph of a call. Its outputs are results, then losses, then the results of assignments, then masks of results. */
export interface TracedCall {
  readonly graph: LayerGraph
  readonly results: number
  readonly losses: number
  /** For each result the output that is its mask; null where it has none, or the mask that came with it. */
  readonly masks: readonly (number | null)[]
  /** How the call returned its results. */
  readonly arrangement: Arrangement
}

/** The structure of a call, by the options of its node. */
export const structureOf = (options: OwnOptions, count: number): Structure =>
  (options.structure as Structure | undefined) ?? [count === 1 ? null : listOf(count)]

/** What a call returned: its tensors in order, and how it gave them. */
export interface Results {
  readonly results: readonly SymbolicTensor[]
  readonly arrangement: Arrangement
}

/** The tensors in what a `call` returned: one by itself, or lists and objects of them, whose names are in order, as in Keras. */
export function resultsOf(given: unknown, where: string): Results {
  const returned = sortedNames(given)
  const results = symbolicTensors(
    flattened(returned),
    where,
    'to return a symbolic tensor, a list or an object of them, that ops and layers made of its inputs',
  )
  return { results, arrangement: arrangementOf(returned) }
}

/** Refuses layers with weights that the calling layer does not hold, or that its `call` made. */
function checkHeld(layer: TracedLayer<LayerTable>, held: readonly Layer[], called: readonly Layer[]): void {
  const known = new Set(withParts(held))
  const stranger = called.find(
    // Operations bear the variables that they compute with.
    (other) =>
      !known.has(other) && !other.module.startsWith('keras.src.ops') && other.allVariables.length > 0,
  )
  if (stranger === undefined) return
  fail(`${layer.where}.call`, {
    expected: 'calls of layers that fields held before',
    got: `one of ${stranger.where}`,
    remedy: `Write this.${stranger.name} = ${stranger.className}(…) in the constructor: what call makes, or variables and #private fields hold, is no part of ${layer.where}.`,
  })
}

/** What JavaScript says where `call` uses what is not there. */
const MISSING = /undefined|null|not a function|not iterable/

/** Runs a `call`; what is missing in it is told as a mistake of its author. */
function running<T>(where: string, structure: Structure, call: () => T): T {
  try {
    return call()
  } catch (error) {
    if (!(error instanceof TypeError && MISSING.test(error.message))) throw error
    const given = structure.map(showArrangement)
    const remedy = error.message.includes('iterable')
      ? 'Several inputs come as they are given: tensors in a list, or an object by name.'
      : 'Write this.hidden = LSTM(8) in the constructor, say.'
    throw new RecurraError(
      `${where}: expected to run on ${given.join(', ')}, with layers in fields, got TypeError: ${error.message}. ${remedy}`,
      { cause: error },
    )
  }
}

/**
 * Runs a layer's `call` on placeholders.
 *
 * @param own Options of the call that only this layer's have, which `call` is told beside whether the step trains.
 */
export function traceCall(
  layer: TracedLayer<LayerTable>,
  placeholders: readonly Placeholder[],
  structure: Structure,
  training: boolean,
  own: OwnOptions = {},
): TracedCall {
  const where = `${layer.where}.call`
  const maskShapes = placeholders.flatMap(({ shape, maskAxes }) =>
    maskAxes ? [{ shape: shape.slice(0, maskAxes) }] : [],
  )
  const additions: Additions = { losses: [], assignments: [] }
  let results: readonly SymbolicTensor[] = []
  let masks: (number | null)[] = []
  let arrangement: Arrangement = null
  const { parts } = layer
  const graph = trace({ where, owner: layer.where, parts }, [...placeholders, ...maskShapes], (tensors) => {
    const given = [...tensors.slice(placeholders.length)]
    const inputs = argumentsOf(tensors.slice(0, placeholders.length), structure)
    const inputMasks = argumentsOf(
      placeholders.map(({ maskAxes }) => (maskAxes ? (given.shift() ?? null) : null)),
      structure,
    )
    const mask = (inputMasks.length === 1 ? inputMasks[0] : flattened(inputMasks)) ?? null
    const first = inputs[0] as SymbolicTensor | readonly SymbolicTensor[]
    // The method's author declared what it takes.
    const call = layer.call.bind(layer) as unknown as (...args: readonly unknown[]) => unknown
    const computed = underPolicy(layer.dtypePolicy, () =>
      layer.collecting(additions, () => {
        const returned = running(where, structure, () => call(...inputs, { ...own, training, mask }))
        const shapes = placeholders.map(({ shape }) => shape)
        ;({ results, arrangement } = layer.resultsOf(returned, where, shapes))
        const among = inputs.length === 1 ? first : (flattened(inputs) as SymbolicTensor[])
        // As in Keras also where no mask comes in: a layer may make one.
        return layer.supportsMasking
          ? [layer.computeMask(among, mask as Parameters<typeof layer.computeMask>[1])].flat()
          : []
      }),
    )
    const outputs = [...results, ...additions.losses, ...additions.assignments]
    masks = results.map((_, i) => (computed[i] ? outputs.push(computed[i]) - 1 : null))
    return outputs
  })
  checkHeld(layer, parts, graph.topology.layers)
  return { graph, results: results.length, losses: additions.losses.length, masks, arrangement }
}
