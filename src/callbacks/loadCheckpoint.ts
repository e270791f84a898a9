// Sets the weights of a checkpoint again.

import { describeValue, fail } from '../errors.ts'
import { restoreWeights } from '../formats/saving.ts'
import { LayersModel } from '../models/model.ts'
import { placeOf } from '../util/places.ts'
import { isA } from '../util/realms.ts'

/**
 * Sets the weights of a model, and its optimizer's state where it is compiled, to those of a checkpoint of the same model.
 *
 * @param model A model with the layers of the one that was saved.
 * @param source What `ModelCheckpoint` wrote: its place, a path in Node, `'indexeddb://…'` or `'opfs://…'` in a page, or the bytes.
 * @throws {RecurraError} if there is no such file, or it is of another model.
 */
export async function loadCheckpoint(model: LayersModel, source: string | Uint8Array): Promise<void> {
  const named = typeof source === 'string' ? ` "${source}"` : ''
  const where = `loadCheckpoint${named}`
  if (!(model instanceof LayersModel)) fail(where, { expected: 'a model', got: describeValue(model) })
  const bytes = typeof source === 'string' ? await readPlace(where, source) : source
  if (!isA(bytes, 'Uint8Array')) fail(where, { expected: 'a place or bytes', got: describeValue(source) })
  await restoreWeights(model, bytes, where)
}

async function readPlace(where: string, name: string): Promise<Uint8Array> {
  const { place, path } = placeOf(where, name)
  return (await place.read(path)) ?? fail(where, { expected: 'a file', got: 'none at that place' })
}
