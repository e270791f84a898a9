// Reads .keras files, those of Keras 3 and of Keras 2 (2.12 to 2.15, and tf_keras).

import type { ModelFile, StoredWeights } from '../modelFile.ts'
import { type KerasArchive, readKerasArchive } from './kerasArchive.ts'
import { treeWeights } from './treeWeights.ts'

const isOlder = ({ kerasVersion }: KerasArchive): boolean => /^[0-2]\./.test(kerasVersion)

export async function readModelFile(where: string, bytes: Uint8Array): Promise<ModelFile> {
  const archive = await readKerasArchive(where, bytes)
  const { config, compileConfig, weights, assets } = isOlder(archive)
    ? (await import('./olderArchive.ts')).today(archive, where)
    : archive
  return { config, compileConfig, weights: treeWeights(weights, assets) }
}

export async function readWeightsFile(where: string, bytes: Uint8Array): Promise<StoredWeights> {
  const archive = await readKerasArchive(where, bytes)
  return treeWeights(archive.weights)
}
