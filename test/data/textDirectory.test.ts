/** Texts in folders, as `recurra/node` reads them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { textDatasetFromDirectory } from '../../src/data/textDirectory.ts'
import type { Tensor } from '../../src/index.ts'
import { expectError } from '../support/expectError.ts'

const directory = mkdtempSync(join(tmpdir(), 'recurra-texts-'))
afterAll(() => rmSync(directory, { recursive: true }))
for (const [path, text] of Object.entries({
  'neg/b.txt': 'bad',
  'neg/a.txt': 'awful',
  'neg/more/c.TXT': 'worse',
  'pos/a.txt': 'good',
  'pos/notes.md': 'none',
  '.hidden/a.txt': 'none',
})) {
  mkdirSync(join(directory, path, '..'), { recursive: true })
  writeFileSync(join(directory, path), text)
}
const quiet = { verbose: false, shuffle: false } as const
const read = async (options: Parameters<typeof textDatasetFromDirectory>[1]) =>
  (await (await textDatasetFromDirectory(directory, options)).toArray()) as [string[], Tensor][]

test('labels are folders, in the order of their names or as told', async () => {
  const [[texts, labels] = [[], null]] = await read(quiet)
  expect(texts).toEqual(['awful', 'bad', 'worse', 'good'])
  expect(labels?.toArray()).toEqual([0, 0, 0, 1])
  const told = await textDatasetFromDirectory(directory, {
    ...quiet,
    classNames: ['pos', 'neg'],
    batchSize: 3,
    maxLength: 3,
    labelMode: 'categorical',
  })
  expect(told.classNames).toEqual(['pos', 'neg'])
  const batches = (await told.toArray()) as [string[], Tensor][]
  expect(batches.map(([list]) => list)).toEqual([['goo', 'awf', 'bad'], ['wor']])
  expect(batches[0]?.[1].toArray()).toEqual([
    [1, 0],
    [0, 1],
    [0, 1],
  ])
})

test('modes and labels', async () => {
  expect((await read({ ...quiet, labelMode: 'binary' }))[0]?.[1].toArray()).toEqual([[0], [0], [0], [1]])
  expect(await read({ ...quiet, labelMode: null, batchSize: null })).toEqual([
    'none',
    'awful',
    'bad',
    'worse',
    'good',
  ])
  // Files of the directory itself, and then those of its folders.
  expect((await read({ ...quiet, labels: [0, 4, 2, 9, 9] }))[0]?.[1].toArray()).toEqual([0, 4, 2, 9, 9])
})

test('training and validation have no text in common; one seed has one order', async () => {
  const options = { verbose: false, seed: 3, validationSplit: 0.5, batchSize: null } as const
  const [training, validation] = await textDatasetFromDirectory(directory, { ...options, subset: 'both' })
  const firsts = async (part: typeof training) => ((await part.toArray()) as [string][]).map(([text]) => text)
  const held = await firsts(validation)
  expect([...(await firsts(training)), ...held].sort()).toEqual(['awful', 'bad', 'good', 'worse'])
  const again = await textDatasetFromDirectory(directory, { ...options, subset: 'validation' })
  expect((await firsts(again)).sort()).toEqual([...held].sort())
})

test('it says what it found', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  await textDatasetFromDirectory(directory, { shuffle: false, validationSplit: 0.25, subset: 'training' })
  expect(log.mock.calls).toEqual([['Found 4 files belonging to 2 classes.'], ['Using 3 files for training.']])
  log.mockRestore()
})

const where = 'textDatasetFromDirectory'
test.each([
  [
    'no directory',
    () => textDatasetFromDirectory('/nowhere'),
    `${where}: expected a directory, got "/nowhere".`,
  ],
  [
    'a class',
    () => read({ classNames: ['neg', 'no'] }),
    `${where}: expected classNames among neg, pos, got "no".`,
  ],
  [
    'a subset alone',
    () => read({ subset: 'training' }),
    `${where}: expected validationSplit and subset together, got one of them.`,
  ],
  [
    'no seed',
    () => read({ subset: 'training', validationSplit: 0.5 }),
    `${where}: expected a seed beside validationSplit and shuffle, got none. Without it, a text could be both trained and validated on.`,
  ],
  ['labels', () => read({ labels: [1] }), `${where}: expected 5 labels, one a file, got 1.`],
  [
    'three classes',
    () => read({ labels: [0, 1, 2, 0, 0], labelMode: 'binary' }),
    `${where}: expected 2 classes for labelMode: 'binary', got 3.`,
  ],
] as const)('%s: refused', (_, attempt, message) => expectError(attempt, message))
