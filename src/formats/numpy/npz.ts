// NumPy's .npz files: a zip archive of .npy files.

import type { ReadOptions, Source } from '../../models/saving.ts'
import { readOptions } from '../../util/options.ts'
import { readOptionTable } from '../readOptions.ts'
import { describeSource, readSource } from '../source.ts'
import { listEntries, readEntry } from '../zip.ts'
import { type NumpyArray, readNpy } from './npy.ts'

const ENDING = '.npy'

/** The arrays of an archive by name, each read when it is asked for. */
export async function readNpz(where: string, bytes: Uint8Array): Promise<Map<string, NumpyArray>> {
  const arrays = new Map<string, NumpyArray>()
  for (const entry of listEntries(where, bytes).values()) {
    if (!entry.name.endsWith(ENDING)) continue
    const name = entry.name.slice(0, -ENDING.length)
    const at = `${where}, array "${name}"`
    arrays.set(name, readNpy(at, await readEntry(at, bytes, entry)))
  }
  return arrays
}

/**
 * Reads the arrays of a .npz file, as `numpy.savez` and `numpy.savez_compressed` write it:
 * `const { x, y } = await loadNpz<{ x: StoredArray; y: StoredArray }>('data.npz')`. Arrays of numbers keep their types and may be given
 * wherever a tensor is. An array of lists of numbers, which NumPy pickles, is a list of such; nothing of a pickle is run.
 *
 * @throws {FormatError} if the file is damaged, or holds anything else; the error names the array.
 */
export async function loadNpz<
  Arrays extends Readonly<Record<string, NumpyArray>> = Readonly<Record<string, NumpyArray>>,
>(source: Source, options?: ReadOptions | null): Promise<Arrays> {
  const where = describeSource('loadNpz', source)
  const bytes = await readSource(source, where, readOptions(where, readOptionTable, options))
  return Object.fromEntries(await readNpz(where, bytes)) as Arrays
}

/**
 * Reads the array of a .npy file, as `numpy.save` writes it, like those of {@link loadNpz}.
 *
 * @throws {FormatError} if the file is damaged, or holds anything but numbers.
 */
export async function loadNpy<Kind extends NumpyArray = NumpyArray>(
  source: Source,
  options?: ReadOptions | null,
): Promise<Kind> {
  const where = describeSource('loadNpy', source)
  const bytes = await readSource(source, where, readOptions(where, readOptionTable, options))
  return readNpy(where, bytes) as Kind
}
