/**
 * Models that Keras 2 saved, as .h5 and as .keras (keras2/README.md), predict and train on as there; and the names of groups that
 * Keras 2.12 to 2.15 wrote.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync, zipSync } from 'fflate'
import { beforeAll, describe, expect, test } from 'vitest'
import { readHdf5 } from '../../src/formats/hdf5/reader.ts'
import type { Hdf5Node, WrittenDataset, WrittenGroup } from '../../src/formats/hdf5/tree.ts'
import { writeHdf5 } from '../../src/formats/hdf5/writer.ts'
import { loadModel, setBackend, tensor } from '../../src/node.ts'
import type { NestedArray } from '../../src/util/tensor.ts'
import { expectClose } from '../support/compare.ts'
import { entriesOf } from '../support/kerasFiles.ts'
import { quiet } from '../support/models.ts'

const folder = new URL('keras2/', import.meta.url)
const files = readdirSync(folder).filter((name) => /\.(h5|keras)\.gz$/.test(name))
const bytesOf = (file: string): Uint8Array => gunzipSync(readFileSync(new URL(file, folder)))

interface Recorded {
  readonly x: readonly NestedArray[]
  readonly y: readonly NestedArray[]
  readonly predict: readonly NestedArray[]
  readonly history: Readonly<Record<string, readonly number[]>>
}

const recordOf = (file: string): Recorded =>
  JSON.parse(readFileSync(new URL(file.replace(/\.\w+\.gz$/, '.json'), folder), 'utf8'))

async function checkFile(bytes: Uint8Array, { x, y, predict, history }: Recorded): Promise<void> {
  const model = await loadModel(bytes)
  const inputs = x.map((array) => tensor(array))
  const targets = y.map((array) => tensor(array))
  const predicted = [await model.predict(inputs)].flat()
  predicted.forEach((output, i) => {
    expectClose(`prediction ${i}`, output.data, tensor(predict[i] ?? []).data, 5e-6)
  })
  if (Object.keys(history).length === 0) return
  const settings = { ...quiet, epochs: 2, batchSize: 4, shuffle: false }
  const trained = await model.fit(inputs, targets, settings)
  for (const [name, values] of Object.entries(history))
    expectClose(`history of ${name}`, trained.history[name] ?? [], values, 2e-5)
}

beforeAll(() => setBackend('cpu'))

test.each(files)('%s', (file) => checkFile(bytesOf(file), recordOf(file)))

/** The groups of a file under other names. */
function renamed(node: Hdf5Node, rename: (name: string) => string): WrittenGroup | WrittenDataset {
  if (node.kind === 'group') {
    const children = [...node.children].map(
      ([name, child]) => [rename(name), renamed(child, rename)] as const,
    )
    return { children: new Map(children) }
  }
  const { dtype, shape, data } = node.read()
  if (dtype === 'bool') throw new Error('no variable of Keras is')
  return { dtype, shape, data: dtype === 'int64' ? BigInt64Array.from(data, (value) => BigInt(value)) : data }
}

/** Groups without others inside them, each under its whole path. */
function flattened({ children }: WrittenGroup, path = ''): (readonly [string, WrittenGroup])[] {
  return [...children].flatMap(([name, child]) => {
    if (!('children' in child)) return []
    if (name === 'vars' && path === '') return [[name, child] as const]
    if (name === 'vars') return [[path, { children: new Map([[name, child]]) }] as const]
    return flattened(child, path === '' ? name : `${path}\\${name}`)
  })
}

describe('groups as Keras 2.12 to 2.15 named them', () => {
  const file = 'functional.keras.gz'
  /** It counted layers with weights twice. */
  const older = (name: string): string => {
    if (name === 'layers') return '_layer_checkpoint_dependencies'
    return name.replace(
      /^(lstm|dense)_(\d+)$/,
      (_, base: string, number: string) => `${base}_${2 * Number(number)}`,
    )
  }
  const rewritten = async (change: (root: WrittenGroup) => WrittenGroup): Promise<Uint8Array> => {
    const entries = entriesOf(bytesOf(file))
    const root = renamed(await readHdf5(file, entries['model.weights.h5'] as Uint8Array), older)
    const weights = new Uint8Array(Buffer.concat(writeHdf5(change(root as WrittenGroup))))
    return zipSync({ ...entries, 'model.weights.h5': weights }, { level: 0 })
  }

  test('in groups inside each other', async () => {
    await checkFile(await rewritten((root) => root), recordOf(file))
  })

  test('on Windows, each under its path with backslashes', async () => {
    const bytes = await rewritten((root) => ({ children: new Map(flattened(root)) }))
    expect(Buffer.from(bytes).includes('_layer_checkpoint_dependencies\\lstm_2\\cell')).toBe(true)
    await checkFile(bytes, recordOf(file))
  })
})
