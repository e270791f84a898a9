// Models as the command line names them: files of any format that is read, and Keras code.

import { loadModel } from '../formats/loadModel.ts'
import { readSource } from '../formats/source.ts'
import { endingOf, formatByName, ofConversions } from '../formats/writtenFormat.ts'
import type { CallableModel } from '../models/model.ts'
import { checkPlace } from './places.ts'

/** What the command line says of a model: notes about what was not understood go to `note`. */
export async function openModel(path: string, note: (text: string) => void): Promise<CallableModel> {
  if (endingOf(path) !== '.py') return loadModel(path)
  const { fromKeras } = await import('../keras/fromKeras.ts')
  const { model, problems } = fromKeras(new TextDecoder().decode(await readSource(path, path)))
  for (const { line, column, message } of problems) note(`${path}:${line}:${column}: ${message}`)
  return model
}

/** Throws if no model can be written under a name: what takes long asks before. */
export async function checkModelPlace(path: string): Promise<void> {
  formatByName(ofConversions, path, path)
  await checkPlace(path)
}

/** Writes a model in the format that the ending of a name says. */
export async function saveAs(
  model: CallableModel,
  path: string,
  note: (text: string) => void,
): Promise<void> {
  if (formatByName(ofConversions, path, path) === 'weights') {
    note(`${path}: weights alone; the architecture is not in it.`)
    await model.saveWeights(path)
  } else await model.save(path)
  note(`Wrote ${path}`)
}
