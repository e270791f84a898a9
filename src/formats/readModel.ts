// Makes a model of a Keras 3 `.keras` file, with weights, compile settings and optimizer state.

import { callable } from '../layers/callable.ts'
import type { WeightGroup } from '../layers/layer.ts'
import { LookupLayer } from '../layers/preprocessing/lookupLayer.ts'
import type { CallableModel } from '../models/model.ts'
import { type KerasArchive, readKerasArchive } from './kerasArchive.ts'
import { compileOptionsFrom, modelFromConfig } from './modelConfig.ts'
import { childrenOf } from './modelWeights.ts'
import { operationReader } from './operationCalls.ts'
import { optimizerSetters } from './optimizerState.ts'
import { weightSetters } from './setWeights.ts'
import type { WeightTree } from './weightTree.ts'

/**
 * Makes the model that the bytes of a `.keras` file describe.
 *
 * @param compile Whether to take over compile settings and optimizer state.
 * @param where The call's name in errors: `loadModel "model.keras"`.
 */
export async function readModel(bytes: Uint8Array, compile: boolean, where: string): Promise<CallableModel> {
  const archive = await readKerasArchive(where, bytes)
  const model = modelFromConfig(archive.config, where, await operationReader(archive.config))
  for (const set of weightSetters(model, archive.weights, where)) set()
  setVocabularies(model, archive.weights, archive.assets, where)
  const settings = compile ? compileOptionsFrom(archive.compileConfig, where) : null
  if (settings) {
    model.compile(settings)
    for (const set of optimizerSetters(model, archive.weights.children.get('optimizer'), where)) set()
  }
  return callable(model)
}

/** Takes over the vocabularies that layers learned, which lie beside the weights, by the same path. */
function setVocabularies(
  group: WeightGroup,
  tree: WeightTree | undefined,
  assets: KerasArchive['assets'],
  where: string,
  path = '',
): void {
  if (group instanceof LookupLayer && group.lookup.vocabulary === null) {
    const text = assets.get(`${path}vocabulary.txt`)
    const weights = tree?.named.get('idf_weights')?.data ?? null
    if (text !== undefined) group.restore(text, weights, `${where}, ${group.where}`)
  }
  for (const [name, child] of childrenOf(group))
    setVocabularies(child, tree?.children.get(name), assets, where, `${path}${name}/`)
}
