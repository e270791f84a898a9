/** One HDF5 file, written by h5py, of each kind of storage, links and types: an array "a" in it is read, or the file is refused by the kind's name, with a remedy. */
import { readFileSync } from 'node:fs'
import { unzipSync } from 'fflate'
import { expect, test } from 'vitest'
import { failForeignFile } from '../../src/formats/foreignFile.ts'
import { FormatError } from '../../src/formats/formatError.ts'
import { readHdf5 } from '../../src/formats/hdf5/reader.ts'
import { isHdf5 } from '../../src/formats/hdf5/signature.ts'

const files = unzipSync(readFileSync(new URL('hdf5/kinds.zip', import.meta.url)))

const READ = [
  'big endian',
  'filter fletcher32',
  'filter gzip',
  'filter shuffle',
  'fixed array',
  'paged',
  'single chunk',
  'superblock 2',
  'superblock 3',
  'tracked order',
  'tree of version 1',
]

const REPACK = 'Rewrite the file: h5repack'
const SAVE = 'Save the model again with Keras 3, or rewrite the file: h5repack'
const NO_LINKS = 'Write the array itself there with h5py, and no link.'

/** What is refused: as what, and the remedy. */
const REFUSED: Readonly<Record<string, readonly [got: string, remedy: string]>> = {
  compound: ['compound values of 8 bytes', SAVE],
  empty: ['an array without any', SAVE],
  enumeration: ['enumerations of 1 bytes', SAVE],
  'extensible array': ['an extensible array', REPACK],
  'external link': ['a soft or external link', NO_LINKS],
  'external link, newer': ['a soft or external link', NO_LINKS],
  'external storage': ['never written, or those of another file', SAVE],
  'fill value': ['0: others were never written', REPACK],
  'filter lzf': ['lzf', REPACK],
  'filter scaleoffset': ['scaleoffset', REPACK],
  'filter szip': ['szip', REPACK],
  'hard link': ['a second link to one, "b"', NO_LINKS],
  'lists of any length': ['lists of any length', SAVE],
  'named type': ['one that several share, such as a named type', SAVE],
  'never written': ['none: never written', SAVE],
  reference: ['references of 8 bytes', SAVE],
  'soft link': ['a soft link', NO_LINKS],
  'soft link, newer': ['a soft or external link', NO_LINKS],
  'texts of any length': ['texts', SAVE],
  'tree of version 2': ['a tree of version 2', REPACK],
  'user block': ['an HDF5 file behind a block of 512 bytes', 'Cut that: h5unjam'],
  'user block, newer': ['an HDF5 file behind a block of 512 bytes', 'Cut that: h5unjam'],
  virtual: ['a view of other arrays', SAVE],
}

async function numbersOf(bytes: Uint8Array): Promise<unknown> {
  if (!isHdf5(bytes)) failForeignFile('a file', bytes)
  const array = (await readHdf5('a file', bytes)).children.get('a')
  return array?.kind === 'dataset' && [...array.read().data]
}

test('there is an expectation of every file', () => {
  const names = [...READ, ...Object.keys(REFUSED)].map((name) => `${name}.h5`)
  expect(Object.keys(files).sort()).toEqual(names.sort())
})

test.each(READ)('%s: read', async (name) => {
  expect(await numbersOf(files[`${name}.h5`] as Uint8Array)).toEqual([0, 1, 2, 3, 4, 5])
})

test.each(Object.entries(REFUSED))('%s: refused', async (name, [got, remedy]) => {
  const error = await numbersOf(files[`${name}.h5`] as Uint8Array).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(FormatError)
  expect(String(error)).toContain(got)
  expect(String(error)).toContain(remedy)
})
