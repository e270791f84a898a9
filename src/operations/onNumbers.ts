// Functions of `ops` on numbers: outside of what is traced they are computed at once, on the host.

import { runOnce } from '../backends/cpu/runOnce.ts'
import { compile } from '../compiler/compile.ts'
import { Graph } from '../graph/graph.ts'
import { DEFAULT_TRAITS } from '../graph/operation.ts'
import { lowerGraph } from '../layers/layerGraph.ts'
import { stepAlone } from '../layers/rnn/stepAlone.ts'
import { type LayerNode, nodeOf, SymbolicTensor } from '../layers/symbolicTensor.ts'
import { findTopology } from '../layers/topology.ts'
import type { DrawnVariable } from '../layers/weights/variable.ts'
import type { WeightInfo } from '../layers/weights/weightAccess.ts'
import { mapValues } from '../util/mapValues.ts'
import { isOptions } from '../util/options.ts'
import { type NestedArray, type NumericArray, Tensor } from '../util/tensor.ts'
import type { Assignable } from './assignable.ts'
import type { Keyworded } from './keywords.ts'
import * as numberSides from './numberSides.ts'
import { isOfNumbers, sidesOf } from './operation.ts'

/**
 * The numbers of symbolic tensors that depend on nothing else.
 *
 * @param where The function that is called, for errors.
 */
function compute(where: string, outputs: readonly SymbolicTensor[]): readonly Tensor[] {
  const graph = new Graph()
  const topology = findTopology(where, [], outputs)
  const values = lowerGraph({ inputs: [], outputs, topology }, stepAlone(graph, where), [], false)
  for (const [i, { value }] of values.entries()) graph.result(`${i}`, value)
  const sides = { ...numberSides, ...sidesOf(topology.layers) }
  const results = runOnce(compile(graph, DEFAULT_TRAITS), sides, graph.constants)
  return values.map(({ value }, i) => new Tensor(results.get(`${i}`) as Float32Array, value.shape))
}

/** Whether tensors follow from numbers alone: from no input, no weight, and while a function is traced from no draw. */
export function areOfNumbers(tensors: readonly SymbolicTensor[]): boolean {
  const met = new Set<LayerNode>()
  const visit = (tensor: SymbolicTensor): boolean => {
    const node = nodeOf(tensor)
    if (met.has(node)) return true
    met.add(node)
    return isOfNumbers(tensor.layer, node) && node.inputs.every(visit)
  }
  return tensors.every(visit)
}

/** What a function made of numbers alone, with tensors of numbers in the place of its symbolic `tensors`. */
export function computed(where: string, made: unknown, tensors: readonly SymbolicTensor[]): unknown {
  const numbers = compute(where, tensors)
  const replace = (value: unknown): unknown => {
    if (value instanceof SymbolicTensor) return numbers[tensors.indexOf(value)]
    if (Array.isArray(value)) return value.map(replace)
    return isOptions(value) ? mapValues(value, replace) : value
  }
  return replace(made)
}

/** An argument without what is symbolic; never where nothing is left. */
type Numbers<T> = T extends Tensor | NestedArray | NumericArray | boolean | string | null | undefined
  ? T
  : T extends SymbolicTensor | DrawnVariable | Assignable | WeightInfo
    ? never
    : T extends (...args: never[]) => unknown
      ? T
      : { readonly [Key in keyof T]: Numbers<T[Key]> }

/** What a function gives for numbers. */
type Computed<T> = T extends SymbolicTensor
  ? Tensor
  : T extends Tensor | NestedArray | NumericArray | ((...args: never[]) => unknown)
    ? T
    : T extends object
      ? { readonly [Key in keyof T]: Computed<T[Key]> }
      : T

/** A function of `ops` with the parameters `Text`: of numbers alone it gives a tensor of numbers at once. */
export type OnNumbers<
  F extends (...args: never[]) => unknown,
  Text extends string = 'x',
  Result = Computed<ReturnType<F>>,
> = Keyworded<(...args: Extract<Numbers<Parameters<F>>, readonly unknown[]>) => Result, Text> &
  Keyworded<F, Text>
