// Real files of every format, and ways to damage them: fast-check draws how.

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { gunzipSync, strFromU8, strToU8, zipSync } from 'fflate'
import { loadNpy, loadNpz, loadSafetensors, saveSafetensors } from '../../src/formats.ts'
import { Dense, LSTM, loadModel, modelFromJSON, Sequential } from '../../src/index.ts'
import { bytesOf, golden } from '../datasets/golden.ts'
import { goldenCase } from './golden.ts'
import { entriesOf } from './kerasFiles.ts'

/** JSON as files hold it. */
type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** A file to damage: its parts, of which one is damaged at a time, and what reads it. */
export interface Victim {
  readonly name: string
  /** By name; those that are JSON may also be damaged as such. */
  readonly parts: Readonly<Record<string, Uint8Array>>
  /** Bytes of all parts. */
  read(parts: Readonly<Record<string, Uint8Array>>): Promise<unknown>
}

const read = (path: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../${path}`, import.meta.url)))
const unpacked = (path: string): Uint8Array => gunzipSync(read(path))

/** A file in one piece. */
const whole = (name: string, bytes: Uint8Array, load: (bytes: Uint8Array) => Promise<unknown>): Victim => ({
  name,
  parts: { file: bytes },
  read: ({ file }) => load(file as Uint8Array),
})

/** An archive whose entries are damaged under right checksums. */
const entriesIn = (name: string, bytes: Uint8Array): Victim => ({
  name: `${name}, entries`,
  parts: entriesOf(bytes),
  read: (parts) => loadModel(zipSync(parts as Record<string, Uint8Array>, { level: 0 })),
})

const archive = (name: string, bytes: Uint8Array): Victim[] => [
  whole(name, bytes, loadModel),
  entriesIn(name, bytes),
]

const tfjs = (name: string): Victim => ({
  name: `tfjs ${name}`,
  parts: {
    'model.json': read(`golden/tfjs/${name}/model.json`),
    'weights.bin': read(`golden/tfjs/${name}/weights.bin`),
  },
  read: (parts) =>
    loadModel(Object.entries(parts).map(([path, bytes]) => new File([bytes as BlobPart], path))),
})

/** A new model that reads files of weights. */
const weightsOf = (): ReturnType<typeof Sequential> =>
  Sequential([LSTM(3, { inputShape: [4, 2], name: 'lstm' }), Dense(2, { name: 'dense' })])

/** The files, with a model made here in the formats for weights alone. */
export async function victims(): Promise<Victim[]> {
  const trained = (name: string): Uint8Array => {
    const { modelBytes, trainedBytes } = goldenCase(name)
    return trainedBytes ?? modelBytes
  }
  const model = weightsOf()
  const tree = await model.saveWeights(null)
  const tensors = await saveSafetensors({
    kernel: new Float32Array(12),
    bias: [1, 2],
    ids: new Int32Array(3),
  })
  const loadWeights = (bytes: Uint8Array): Promise<unknown> => weightsOf().loadWeights(bytes)
  const json = (name: string): Victim => ({
    name: `${name}, JSON`,
    parts: { 'config.json': entriesOf(goldenCase(name).modelBytes)['config.json'] as Uint8Array },
    read: ({ 'config.json': text }) => modelFromJSON(strFromU8(text as Uint8Array)),
  })
  return [
    ...['vanilla', 'bidirectional', 'cnn1d_lstm', 'seq2seq_states'].flatMap((name) =>
      archive(name, trained(name)),
    ),
    ...archive('graph_operations', goldenCase('graph_operations').modelBytes),
    ...['attention', 'functional'].flatMap((name) =>
      archive(`Keras 2 ${name}`, unpacked(`formats/keras2/${name}.keras.gz`)),
    ),
    ...['bidirectional', 'nested', 'cudnn', 'older_adam'].map((name) =>
      whole(`Keras 2 ${name}.h5`, unpacked(`formats/keras2/${name}.h5.gz`), loadModel),
    ),
    ...['functional', 'encoder_decoder', 'lstm_keras3_options'].map(tfjs),
    whole('weights.h5', tree, loadWeights),
    whole('safetensors', tensors, loadSafetensors),
    whole('npz', bytesOf(golden.numpy.savez), loadNpz),
    ...golden.numpy.pickles.slice(0, 6).map(({ name, npy }) => whole(`npy, ${name}`, bytesOf(npy), loadNpy)),
    ...['vanilla', 'graph_operations', 'seq2seq_states'].map(json),
  ]
}

/** Numbers at the edges, names that every object inherits, and values of other kinds. */
const EXTREMES: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1,
  1,
  2,
  0.5,
  1e8,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  1e308,
  -1e308,
  '',
  'relu',
  'constructor',
  '__proto__',
  'toString',
  'LSTM',
  '../../x',
  [],
  {},
  [[]],
  [null],
  [-1],
  [1e9, 1e9],
  [0, 0, 0, 0],
  ['dense', 0, 0],
  { class_name: 'LSTM' },
  { class_name: 'LSTM', config: {} },
  { class_name: 'constructor', config: {} },
  { class_name: 3, config: [] },
  { class_name: 'function', config: 'toString' },
  { config: { layers: null } },
  { class_name: '__keras_tensor__', config: { keras_history: ['x', 1e9, -1] } },
]

type Holder = { [key: string]: Json }

/** Every value inside a JSON value, by its holder and key. */
function placesIn(value: Json): { readonly holder: Holder; readonly key: string }[] {
  if (typeof value !== 'object' || value === null) return []
  const holder = value as Holder
  return Object.keys(value).flatMap((key) => [{ holder, key }, ...placesIn(holder[key] as Json)])
}

/** A change of a JSON value: `at` and `to` are fractions of the list of its places. */
interface JsonChange {
  readonly way: 'extreme' | 'delete' | 'move' | 'double' | 'rename' | 'number'
  readonly at: number
  readonly to: number
  readonly extreme: Json
}

const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const jsonChange: fc.Arbitrary<JsonChange> = fc.record({
  way: fc.constantFrom('extreme', 'extreme', 'delete', 'move', 'double', 'rename', 'number'),
  at: fraction,
  to: fraction,
  extreme: fc.constantFrom(...EXTREMES),
})

function changeJson(json: Json, { way, at, to, extreme }: JsonChange): void {
  const places = placesIn(json)
  const numbers = places.filter(({ holder, key }) => typeof holder[key] === 'number')
  const among = way === 'number' && numbers.length > 0 ? numbers : places
  const place = among[Math.floor(at * among.length)]
  const other = places[Math.floor(to * places.length)]
  if (!place || !other) return
  const { holder, key } = place
  const copy = (value: Json | undefined): Json => structuredClone(value ?? null)
  if (way === 'extreme' || way === 'number') holder[key] = copy(extreme)
  else if (way === 'delete') {
    if (Array.isArray(holder)) holder.splice(Number(key), 1)
    else delete holder[key]
  } else if (way === 'move') holder[key] = copy(other.holder[other.key])
  else if (way === 'double') holder[key] = [copy(holder[key]), copy(holder[key])]
  else {
    const value = copy(holder[key])
    delete holder[key]
    Object.defineProperty(holder, String(extreme), {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
}

/** A change of bytes: `at` and `to` are fractions of the file. */
interface ByteChange {
  readonly way: 'flip' | 'random' | 'zeros' | 'ones' | 'cut' | 'double' | 'truncate' | 'swap'
  readonly at: number
  readonly to: number
  readonly bytes: Uint8Array
}

const byteChange: fc.Arbitrary<ByteChange> = fc.record({
  way: fc.constantFrom(
    'flip',
    'flip',
    'random',
    'random',
    'zeros',
    'ones',
    'cut',
    'double',
    'truncate',
    'swap',
  ),
  at: fraction,
  to: fraction,
  bytes: fc.uint8Array({ minLength: 1, maxLength: 32 }),
})

function changeBytes(file: Uint8Array, { way, at, to, bytes }: ByteChange): Uint8Array {
  const begin = Math.floor(at * file.length)
  const end = Math.min(file.length, begin + bytes.length)
  const part = file.slice(begin, end)
  const around = (...middle: Uint8Array[]): Uint8Array =>
    new Uint8Array(Buffer.concat([file.subarray(0, begin), ...middle, file.subarray(end)]))
  if (way === 'flip') return around(part.map((byte, i) => byte ^ (i === 0 ? 1 << ((bytes[0] ?? 0) & 7) : 0)))
  if (way === 'random') return around(part.map((_, i) => bytes[i] ?? 0))
  if (way === 'zeros') return around(part.fill(0))
  if (way === 'ones') return around(part.fill(255))
  if (way === 'cut') return around()
  if (way === 'double') return around(part, part)
  if (way === 'truncate') return file.slice(0, begin)
  const copy = file.slice()
  const target = Math.floor(to * file.length)
  copy.set(file.subarray(target, target + part.length), begin)
  copy.set(part.subarray(0, file.length - target), target)
  return copy
}

/** A damage of one of the parts of a file, at `part` of their list. */
export interface Damage {
  readonly victim: number
  readonly part: number
  readonly isJson: boolean
  readonly json: readonly JsonChange[]
  readonly bytes: readonly ByteChange[]
}

export const damage: fc.Arbitrary<Damage> = fc.record({
  victim: fraction,
  part: fraction,
  isJson: fc.boolean(),
  json: fc.array(jsonChange, { minLength: 1, maxLength: 2 }),
  bytes: fc.array(byteChange, { minLength: 1, maxLength: 2 }),
})

/** A file as a damage leaves it. */
export function damaged(
  { parts }: Victim,
  { part, isJson, json, bytes }: Damage,
): Record<string, Uint8Array> {
  const names = Object.keys(parts)
  const texts = names.filter((name) => name.endsWith('.json'))
  const among = isJson && texts.length > 0 ? texts : names
  const name = among[Math.floor(part * among.length)] as string
  const before = parts[name] as Uint8Array
  if (!(isJson && texts.length > 0))
    return { ...parts, [name]: bytes.reduce((file, change) => changeBytes(file, change), before) }
  const value: Json = JSON.parse(strFromU8(before))
  for (const change of json) changeJson(value, change)
  return { ...parts, [name]: strToU8(JSON.stringify(value)) }
}
