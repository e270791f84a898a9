// Writes the weights of a model in Keras's older HDF5 layout, which load_weights('weights.h5') reads in Keras 2 and 3: a group for each
// layer, by its name, with the paths of its arrays in an attribute. legacyWeights.ts reads it.

import { isWeight, type Variable } from '../../layers/weights/variable.ts'
import type { StoredModel } from '../../models/storedModel.ts'
import type { WrittenAttribute, WrittenDataset, WrittenGroup } from '../hdf5/tree.ts'
import { writeHdf5 } from '../hdf5/writer.ts'
import { ownVariables } from '../modelWeights.ts'
import { KERAS_VERSION } from '../writeModel.ts'
import { datasetOf } from '../writeWeights.ts'
import { legacyOrder, TOP_LEVEL } from './legacyWeights.ts'

/** The largest attribute that Keras puts into a header. */
const MOST_ATTRIBUTE_BYTES = 64_512

/** A list of names as an attribute, or as several that are small enough. */
function namesAttribute(name: string, names: readonly string[]): Readonly<Record<string, WrittenAttribute>> {
  const width = Math.max(1, ...names.map((each) => new TextEncoder().encode(each).length))
  const most = Math.max(1, Math.floor(MOST_ATTRIBUTE_BYTES / width))
  if (names.length <= most) return { [name]: names }
  const parts = Array.from({ length: Math.ceil(names.length / most) }, (_, i) => [
    `${name}${i}`,
    names.slice(i * most, (i + 1) * most),
  ])
  return Object.fromEntries(parts)
}

type Children = Map<string, WrittenGroup | WrittenDataset>

/** The group of variables, each at its path. */
function groupOf(model: StoredModel, variables: readonly Variable[]): WrittenGroup {
  const children: Children = new Map()
  const names = variables.map((variable) => {
    const path = variable.path.startsWith(`${model.name}/`)
      ? variable.path.slice(model.name.length + 1)
      : variable.path
    const steps = path.split('/')
    let inside = children
    for (const step of steps.slice(0, -1)) {
      const found = inside.get(step)
      const group = found && 'children' in found ? found : { children: new Map() as Children }
      inside.set(step, group)
      inside = group.children as Children
    }
    inside.set(steps.at(-1) ?? '', datasetOf(variable))
    return path
  })
  return { attributes: namesAttribute('weight_names', names), children }
}

/** The bytes of a model's weights in the older layout, in pieces, with the newest values. */
export async function legacyWeightsFile(model: StoredModel): Promise<Uint8Array[]> {
  const weights = model.graph.variables.filter(isWeight)
  for (const home of new Set(weights.flatMap(({ home }) => home ?? []))) await home.pull()
  const layers = model.parts.map((layer) => [layer.name, groupOf(model, legacyOrder(layer))] as const)
  return writeHdf5({
    attributes: {
      ...namesAttribute(
        'layer_names',
        layers.map(([name]) => name),
      ),
      backend: 'tensorflow',
      keras_version: KERAS_VERSION,
    },
    children: new Map([...layers, [TOP_LEVEL, groupOf(model, ownVariables(model))]]),
  })
}
