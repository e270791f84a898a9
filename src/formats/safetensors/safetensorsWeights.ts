// Reads the weights of models from safetensors files, which hold nothing else, and writes them.

import { isWeight } from '../../layers/weights/variable.ts'
import { pullValues } from '../../layers/weights/variableValues.ts'
import type { StoredModel } from '../../models/storedModel.ts'
import { failFormat } from '../formatError.ts'
import type { ModelFile, StoredWeights } from '../modelFile.ts'
import { namedWeights } from '../namedWeights.ts'
import { readSafetensors, writeSafetensors } from './safetensors.ts'

export const readModelFile = async (where: string): Promise<ModelFile> =>
  failFormat(where, {
    expected: 'a file of a model',
    got: 'a safetensors file, which holds weights alone',
    remedy: 'Build the model here, and call its loadWeights.',
  })

export const readWeightsFile = async (where: string, bytes: Uint8Array): Promise<StoredWeights> =>
  namedWeights(readSafetensors(where, bytes).tensors)

/** A safetensors file with all weights of a model, by their paths, in arrays that follow each other. */
export async function safetensorsFile(model: StoredModel, where: string): Promise<Uint8Array[]> {
  const variables = model.graph.variables.filter(isWeight)
  await pullValues(variables)
  const tensors = variables.map(({ path, shape, value }) => [path, { shape, data: value }] as const)
  const names = new Map(tensors)
  if (names.size < tensors.length)
    failFormat(where, {
      expected: 'weights of different paths',
      got: 'layers of one name',
      remedy: 'Give layers in different models names of their own.',
    })
  return writeSafetensors(where, names, { format: 'keras', model: model.name })
}
