// Writes the weights of a model in Keras's older HDF5 layout, which load_weights('weights.h5') reads in Keras 2 and 3: a group for each
// layer, by its name, with the paths of its arrays in an attribute. legacyWeights.ts reads it.

import { describeValue } from '../../errors.ts'
import { isWeight, type Variable } from '../../layers/weights/variable.ts'
import { pullValues } from '../../layers/weights/variableValues.ts'
import type { StoredModel } from '../../models/storedModel.ts'
import { encodeText } from '../../util/text.ts'
import type { WrittenAttribute, WrittenDataset, WrittenGroup } from '../hdf5/tree.ts'
import { writeHdf5 } from '../hdf5/writer.ts'
import { ownVariables } from '../modelWeights.ts'
import { KERAS_VERSION } from '../writeModel.ts'
import { datasetOf } from '../writeWeights.ts'
import { refuse } from './legacyConfig.ts'
import { legacyOrder, TOP_LEVEL } from './legacyWeights.ts'

/** The largest attribute that Keras puts into a header, of texts as long as the longest. */
const MOST_ATTRIBUTE_BYTES = 64_512
/** What a text takes there at least: it lies elsewhere, and its address in the attribute. */
const REFERENCE_BYTES = 16

/** A list of names as an attribute, or as several that are small enough. */
function namesAttribute(name: string, names: readonly string[]): Readonly<Record<string, WrittenAttribute>> {
  const width = Math.max(REFERENCE_BYTES, ...names.map((each) => encodeText(each).length))
  const most = Math.max(1, Math.floor(MOST_ATTRIBUTE_BYTES / width))
  if (names.length <= most) return { [name]: names }
  const parts = Array.from({ length: Math.ceil(names.length / most) }, (_, i) => [
    `${name}${i}`,
    names.slice(i * most, (i + 1) * most),
  ])
  return Object.fromEntries(parts)
}

type Children = Map<string, WrittenGroup | WrittenDataset>

/**
 * A group of arrays, each at its path in it, which an attribute lists.
 *
 * @throws {FormatError} if two have one path, or one lies where another needs a group.
 */
export function groupOfPaths(
  arrays: readonly (readonly [path: string, dataset: WrittenDataset])[],
  where: string,
): WrittenGroup {
  const children: Children = new Map()
  for (const [path, dataset] of arrays) {
    const steps = path.split('/')
    const last = steps.pop() ?? ''
    let inside: Children | null = children
    for (const step of steps) {
      const found: WrittenGroup | WrittenDataset = inside.get(step) ?? { children: new Map() }
      inside.set(step, found)
      inside = 'children' in found ? (found.children as Children) : null
      if (!inside) break
    }
    if (!inside || inside.has(last))
      return refuse(where, 'paths of variables that differ, for an older .h5', `${describeValue(path)} twice`)
    inside.set(last, dataset)
  }
  return {
    attributes: namesAttribute(
      'weight_names',
      arrays.map(([path]) => path),
    ),
    children,
  }
}

/** The group of a model's weights, with the values that the host has. */
export function legacyWeightsGroup(model: StoredModel, where: string): WrittenGroup {
  const groupOf = (variables: readonly Variable[], at: string): WrittenGroup =>
    groupOfPaths(
      variables.map((variable) => [variable.path, datasetOf(variable)]),
      at,
    )
  const layers = model.parts.map(
    (layer) => [layer.name, groupOf(legacyOrder(layer), `${where}, ${layer.where}`)] as const,
  )
  return {
    attributes: {
      ...namesAttribute(
        'layer_names',
        layers.map(([name]) => name),
      ),
      backend: 'tensorflow',
      keras_version: KERAS_VERSION,
    },
    children: new Map([...layers, [TOP_LEVEL, groupOf(ownVariables(model).filter(isWeight), where)]]),
  }
}

/** The bytes of a model's weights in the older layout, in pieces, with the newest values. */
export async function legacyWeightsFile(model: StoredModel, where: string): Promise<Uint8Array[]> {
  await pullValues(model.graph.variables)
  return writeHdf5(legacyWeightsGroup(model, where))
}
