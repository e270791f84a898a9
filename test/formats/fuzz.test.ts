/**
 * Files with something wrong in them: some hundreds of every format from one seed, bytes and values of JSON, and what is known to have
 * taken time or memory. Each is loaded, or refused by a FormatError, soon and in little memory. More of them: fuzz.long.test.ts.
 */
import { strFromU8, strToU8, zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { loadModel, RecurraError } from '../../src/index.ts'
import { fuzzFiles } from '../support/fuzzFiles.ts'
import { goldenCase } from '../support/golden.ts'
import { entriesOf } from '../support/kerasFiles.ts'

const vanilla = goldenCase('vanilla').modelBytes

const withEntry = (
  file: Uint8Array,
  name: string,
  change: (content: Uint8Array) => Uint8Array,
): Uint8Array => {
  const entries = entriesOf(file)
  return zipSync({ ...entries, [name]: change(entries[name] as Uint8Array) }, { level: 0 })
}

test('500 damaged files of every format', async () => {
  await fuzzFiles(500, 17)
})

test.each<[string, string, RegExp, string]>([
  ['units, for which the file has no weights', 'vanilla', /"units": ?8/g, '"units":5000'],
  ['units, for which there is no memory', 'vanilla', /"units": ?8/g, '"units":1e6'],
  ['samples a batch, of which each has a state', 'stateful', /(?<=_shape": ?\[)4/g, '5e7'],
])(
  '%s',
  async (_, name, where, what) => {
    const file = withEntry(goldenCase(name).modelBytes, 'config.json', (text) =>
      strToU8(strFromU8(text).replace(where, what)),
    )
    const before = process.memoryUsage().arrayBuffers
    const outcome = await loadModel(file).catch((error: unknown) => error)
    if (outcome instanceof Error) expect(outcome).toBeInstanceOf(RecurraError)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24)
  },
  5_000,
)

test.each([
  ['lists', '[', ']'],
  ['layers', '{"class_name": "TimeDistributed", "config": {"layer": ', '}}'],
])('%s in each other without end', async (_, open, close) => {
  const deep = `${open.repeat(20_000)}1${close.repeat(20_000)}`
  const file = withEntry(vanilla, 'config.json', (text) =>
    strToU8(strFromU8(text).replace('{', `{"deep": ${deep}, `)),
  )
  await expect(loadModel(file)).rejects.toThrow(
    'entry "config.json": expected JSON of at most 100 levels, got more.',
  )
})
