// Reads .keras files.

import { readKerasArchive } from './kerasArchive.ts'
import type { ModelFile, StoredWeights } from './modelFile.ts'
import { treeWeights } from './treeWeights.ts'

export async function readModelFile(where: string, bytes: Uint8Array): Promise<ModelFile> {
  const { config, compileConfig, weights, assets } = await readKerasArchive(where, bytes)
  return { config, compileConfig, weights: treeWeights(weights, assets) }
}

export const readWeightsFile = async (where: string, bytes: Uint8Array): Promise<StoredWeights> =>
  treeWeights((await readKerasArchive(where, bytes)).weights)
