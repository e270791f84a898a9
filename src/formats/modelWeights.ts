// The weights of a model as the groups of Keras's model.weights.h5 (saving_lib.py): for each layer a group with its variables in
// `vars`, under the name of its class, and groups for the layers in it.

import type { Layer, WeightGroup } from '../layers/layer.ts'
import { snakeCase } from '../layers/naming.ts'
import type { LookupLayer } from '../layers/preprocessing/lookupLayer.ts'
import { isWeight, type Variable } from '../layers/weights/variable.ts'

/** The groups inside a group, by name: those of a list bear the names of classes, numbered from the second of one on. */
export function childrenOf({ children }: WeightGroup): (readonly [name: string, child: WeightGroup])[] {
  if (!Array.isArray(children)) return Object.entries(children)
  const counts = new Map<string, number>()
  return (children as readonly Layer[]).map((layer) => {
    // The Lambda of a Python text is a model in files.
    const name = layer.publicName === 'Functional' ? 'functional' : snakeCase(layer.className)
    const count = counts.get(name) ?? 0
    counts.set(name, count + 1)
    return [count === 0 ? name : `${name}_${count}`, layer]
  })
}

/** A group with all groups in it, each once, and the names by which it is found: layers may share others, and may hold each other. */
export function groupsWithin(
  group: WeightGroup,
  path: readonly string[] = [],
  found = new Map<WeightGroup, readonly string[]>(),
): ReadonlyMap<WeightGroup, readonly string[]> {
  if (found.has(group)) return found
  found.set(group, path)
  for (const [name, child] of childrenOf(group)) groupsWithin(child, [...path, name], found)
  return found
}

/** Whether a group is a layer with a vocabulary. Its class is no import, since most files have none. */
export const isLookup = (group: WeightGroup): group is LookupLayer => 'lookup' in group

/** The variables of a group's own. In a file, a layer whose weights belong to a part of it has no variables beside this part. */
export function ownVariables(group: WeightGroup): Variable[] {
  const inParts = new Set(
    'storesWeightsOfParts' in group ? [] : childrenOf(group).flatMap(([, child]) => child.variables),
  )
  return group.variables.filter((variable) => isWeight(variable) && !inParts.has(variable))
}
