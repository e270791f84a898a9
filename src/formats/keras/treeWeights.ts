// The weights of Keras's model.weights.h5, which are groups by the classes of layers, set on a model.

import type { WeightGroup } from '../../layers/layer.ts'
import type { StoredModel } from '../../models/storedModel.ts'
import { failFormat } from '../formatError.ts'
import type { StoredWeights } from '../modelFile.ts'
import { groupsWithin, isLookup } from '../modelWeights.ts'
import { heldSetters, optimizerSetters } from '../optimizerState.ts'
import { type Setter, weightSetters } from '../setWeights.ts'
import type { KerasArchive } from './kerasArchive.ts'
import type { WeightTree } from './weightTree.ts'

/** @param assets Texts beside the weights, from which layers take the vocabularies that they learned. */
export const treeWeights = (tree: WeightTree, assets: KerasArchive['assets'] = new Map()): StoredWeights => ({
  setters(model, where, { byName = false, skipMismatch = false } = {}) {
    const weights = byName
      ? settersByName(model, tree, where, skipMismatch)
      : weightSetters(model, tree, where, skipMismatch)
    return [...weights, () => setVocabularies(model, tree, assets, where)]
  },
  optimizerSetters(model, where) {
    const state = tree.children.get('optimizer')
    return [...(state ? optimizerSetters(model, state, where) : []), ...heldSetters(model, tree, where)]
  },
})

/** What sets the layers that the file has under the same name. */
function settersByName(model: StoredModel, tree: WeightTree, where: string, skips: boolean): Setter[] {
  const stored = [...(tree.children.get('layers')?.children.values() ?? [])]
  if (stored.every(({ name }) => name === null)) {
    failFormat(where, {
      expected: 'names of layers, for byName',
      got: 'a file that names layers by their classes',
      remedy: 'Load by order, without byName.',
    })
  }
  return model.parts.flatMap((layer) => {
    const found = stored.find(({ name }) => name === layer.name)
    return found ? weightSetters(layer, found, `${where}, ${layer.where}`, skips) : []
  })
}

/** Takes over the vocabularies that layers learned, which lie beside the weights, by the same path. */
function setVocabularies(
  model: WeightGroup,
  tree: WeightTree,
  assets: KerasArchive['assets'],
  where: string,
): void {
  if (assets.size === 0) return
  for (const [group, path] of groupsWithin(model)) {
    const text = assets.get([...path, 'vocabulary.txt'].join('/'))
    if (text === undefined || !isLookup(group) || group.lookup.vocabulary !== null) continue
    const own = path.reduce<WeightTree | undefined>((inside, name) => inside?.children.get(name), tree)
    group.restore(text, own?.named.get('idf_weights')?.data ?? null, `${where}, ${group.where}`)
  }
}
