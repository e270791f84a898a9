// Sets the weights of a model from the groups of a file: all, or none where one does not fit.

import { Layer, type WeightGroup } from '../layers/layer.ts'
import type { Variable } from '../layers/weights/variable.ts'
import { sameShape, showShape } from '../util/shape.ts'
import { failFormat } from './formatError.ts'
import type { WeightTree } from './keras/weightTree.ts'
import { childrenOf, ownVariables } from './modelWeights.ts'
import type { StoredArray } from './storedArray.ts'

/** Sets a variable to what was found for it. */
export type Setter = () => void

/** Arrays whose memory became a variable's. */
const taken = new WeakSet<StoredArray>()

/** The numbers of an array in memory that nobody else has: large weights are copied no more often than they must be. */
function ownNumbers(stored: StoredArray): Float32Array {
  const { data, isCopy = false } = stored
  if (!isCopy || taken.has(stored) || !(data instanceof Float32Array)) return Float32Array.from(data)
  taken.add(stored)
  return data
}

/** Whether an array has a variable's shape. */
export const fits = (variable: Variable, stored: StoredArray | undefined): boolean =>
  stored !== undefined && sameShape(stored.shape, variable.shape)

/** Checks the array for a variable, and returns what sets it. */
export function storedFor(variable: Variable, stored: StoredArray | undefined, where: string): Setter {
  if (stored === undefined || !fits(variable, stored)) {
    return failFormat(where, {
      expected: `shape ${showShape(variable.shape)}`,
      got: stored ? showShape(stored.shape) : 'nothing in the file',
    })
  }
  return () => {
    variable.value = ownNumbers(stored)
    variable.home = null
  }
}

/**
 * What sets the weights of a group and of those in it.
 *
 * @param skipsMismatch Whether a layer keeps its weights for which the file has others, or none.
 * @throws {FormatError} if the weights of a layer are missing or have another shape.
 */
export const weightSetters = (
  group: WeightGroup,
  tree: WeightTree,
  where: string,
  skipsMismatch: boolean,
): Setter[] => settersOf(group, tree, where, { skipsMismatch, seen: new Set() })

function settersOf(
  group: WeightGroup,
  tree: WeightTree | undefined,
  where: string,
  visit: { readonly skipsMismatch: boolean; readonly seen: Set<WeightGroup> },
): Setter[] {
  // A layer that several models share is in the file once.
  if (visit.seen.has(group)) return []
  visit.seen.add(group)
  const own = ownVariables(group)
  const isSkipped = visit.skipsMismatch && !own.every((variable, i) => fits(variable, tree?.vars[i]))
  const setters = isSkipped
    ? []
    : own.map((variable, i) => storedFor(variable, tree?.vars[i], `${where}, weight "${variable.path}"`))
  const inner = childrenOf(group).flatMap(([name, child]) => {
    const inside = child instanceof Layer ? `${where}, ${child.where}` : where
    return settersOf(child, tree?.children.get(name), inside, visit)
  })
  return [...setters, ...inner]
}
