/**
 * loadModel on files with something wrong in them, a few hundred from one seed: bytes of the archive, bytes of its weights
 * under a right checksum, values of its configuration. Each is loaded, or refused by an error of Recurra's own,
 * and what it claims takes no memory.
 */
import { strFromU8, strToU8, zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { loadModel, RecurraError } from '../../src/index.ts'
import { Generator } from '../../src/util/generator.ts'
import { goldenCase } from '../support/golden.ts'
import { entriesOf } from '../support/kerasFiles.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

const names = ['vanilla', 'bidirectional', 'convlstm2d', 'cnn1d_lstm', 'seq2seq_states', 'stateful', 'tcn']
const files = names.map((name) => {
  const { modelBytes, trainedBytes } = goldenCase(name)
  return trainedBytes ?? modelBytes
})

const generator = new Generator(17)
const below = (limit: number): number => Math.floor(generator.uniform() * limit)
const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T

/** Bytes flipped, zeroed, left out or doubled somewhere, or all that follows cut off. */
function damaged(bytes: Uint8Array): Uint8Array {
  const at = below(bytes.length)
  const end = Math.min(bytes.length, at + 1 + below(64))
  const around = (...middle: Uint8Array[]): Uint8Array =>
    new Uint8Array(Buffer.concat([bytes.subarray(0, at), ...middle, bytes.subarray(end)]))
  const part = bytes.slice(at, end)
  const ways = [
    () => around(part.map((byte) => byte ^ (1 << below(8)))),
    () => around(part.map(() => below(256))),
    () => around(part.fill(0)),
    () => around(part.fill(255)),
    () => around(),
    () => around(part, part),
    () => bytes.slice(0, at),
  ]
  return pick(ways)()
}

const oddities: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1,
  1,
  2,
  0.5,
  1e9,
  2 ** 31,
  2 ** 53,
  1e308,
  -1e308,
  '',
  'relu',
  'constructor',
  '__proto__',
  'LSTM',
  [],
  {},
  [[]],
  [null],
  [-1],
  [1e9, 1e9],
  [0, 0, 0, 0],
  { class_name: 'LSTM' },
  { class_name: 'LSTM', config: {} },
  { class_name: 'Zeros', config: { seed: -1 } },
  { class_name: 3, config: [] },
  { config: { layers: null } },
]

/** A configuration with a value of another kind somewhere, one left out, or one moved there from elsewhere. */
function misconfigured(config: Json): Json {
  const copy = structuredClone(config)
  const places: { holder: { [key: string]: Json }; key: string }[] = []
  const walk = (value: Json): void => {
    if (typeof value !== 'object' || value === null) return
    for (const key of Object.keys(value)) {
      const holder = value as { [key: string]: Json }
      places.push({ holder, key })
      walk(holder[key] as Json)
    }
  }
  walk(copy)
  const { holder, key } = pick(places)
  const other = pick(places)
  const ways = [
    () => {
      holder[key] = structuredClone(pick(oddities))
    },
    () => {
      holder[key] = structuredClone(pick(oddities))
    },
    () => {
      delete holder[key]
    },
    () => {
      holder[key] = structuredClone(other.holder[other.key] as Json)
    },
    () => {
      holder[key] = [holder[key] as Json, holder[key] as Json]
    },
    () => {
      holder[pick(places).key] = holder[key] as Json
    },
  ]
  pick(ways)()
  return copy
}

const withEntry = (
  file: Uint8Array,
  name: string,
  change: (content: Uint8Array) => Uint8Array,
): Uint8Array => {
  const entries = entriesOf(file)
  return zipSync({ ...entries, [name]: change(entries[name] as Uint8Array) }, { level: 0 })
}

const kinds: readonly (readonly [what: string, rounds: number, change: (file: Uint8Array) => Uint8Array])[] =
  [
    ['bytes of the archive', 200, damaged],
    ['bytes of the weights', 80, (file) => withEntry(file, 'model.weights.h5', damaged)],
    [
      'values of the configuration',
      200,
      (file) =>
        withEntry(file, 'config.json', (text) =>
          strToU8(JSON.stringify(misconfigured(JSON.parse(strFromU8(text))))),
        ),
    ],
  ]

test.each(kinds)('%s', async (_, rounds, change) => {
  const outcomes = { loaded: 0, refused: 0 }
  for (let round = 0; round < rounds; round++) {
    const outcome = await loadModel(change(pick(files))).catch((error: unknown) => error)
    if (outcome instanceof Error && !(outcome instanceof RecurraError)) throw outcome
    outcomes[outcome instanceof Error ? 'refused' : 'loaded']++
  }
  // Not all changes matter, and most do.
  expect(outcomes.loaded).toBeGreaterThan(0)
  expect(outcomes.refused).toBeGreaterThan(rounds / 4)
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
  const file = withEntry(pick(files), 'config.json', (text) =>
    strToU8(strFromU8(text).replace('{', `{"deep": ${deep}, `)),
  )
  await expect(loadModel(file)).rejects.toThrow(
    'entry "config.json": expected JSON of at most 100 levels, got more.',
  )
})
