// Every golden .keras file is read whole and compared with the arrays beside it; then the reader is given damaged,
// foreign and hostile files, and must name what is wrong and leave nothing behind.

import { unzipSync, zipSync } from 'fflate'
import { type Group, File as H5File, ready } from 'h5wasm'
import { describe, expect, test } from 'vitest'
import { RecurraError } from '../../src/errors.ts'
import type { JsonObject } from '../../src/formats/config/json.ts'
import { type KerasArchive, readKerasArchive } from '../../src/formats/keras/kerasArchive.ts'
import type { WeightTree } from '../../src/formats/keras/weightTree.ts'
import type { KerasConfig } from '../../src/formats/kerasConfig.ts'
import type { StoredArray } from '../../src/formats/storedArray.ts'
import { listEntries } from '../../src/formats/zip.ts'
import { type GoldenCase, goldenCase, goldenNames } from '../support/golden.ts'
import { withEntry } from '../support/kerasFiles.ts'

const library = await ready
const read = (bytes: Uint8Array): Promise<KerasArchive> => readKerasArchive('.keras file', bytes)
const { modelBytes: model } = goldenCase('vanilla')

/** Moving statistics are stored, and neither learned nor given slots. */
const learns = ([path]: readonly [string, unknown]): boolean => !/\/moving_(mean|variance)$/.test(path)

describe('golden files', () => {
  test.each(goldenNames)('%s: model.keras', async (name) => {
    const golden = goldenCase(name)
    const { kerasVersion, config, compileConfig, weights } = await read(golden.modelBytes)

    expect(kerasVersion).toBe(golden.case.keras)
    expect(config.class_name).toMatch(/^(Sequential|Functional)$/)
    expect(compileConfig === null).toBe(golden.case.fit === undefined)
    const stored = arraysIn(child(weights, 'layers'))
    expect(stored.reduce((sum, { data }) => sum + data.length, 0)).toBe(golden.case.count_params)

    const shapes = stored.map(({ shape }) => String(shape)).sort()
    const shapesOf = (arrays: GoldenCase['after']): string[] =>
      [...arrays.values()].map(({ shape }) => String(shape)).sort()
    if (golden.after.size > 0) expect(shapesOf(golden.after)).toEqual(shapes)
    // Frozen weights have none.
    const learned = new Map([...golden.after].filter(learns))
    for (const [path, { shape }] of golden.gradients) expect(learned.get(path)?.shape).toEqual(shape)
    for (const { dtype, shape, data } of stored) {
      expect(dtype).toBe('float32')
      expect(data.length).toBe(product(shape))
    }
  })

  const trained = goldenNames.filter((name) => goldenCase(name).trainedBytes !== null)
  test.each(trained)('%s: trained.keras', async (name) => {
    const { after, trainedBytes } = goldenCase(name)
    if (trainedBytes === null) throw new Error(`${name} has no fit`)
    const { compileConfig, weights } = await read(trainedBytes)

    // The same bits, whatever the group is called: names differ between a file and a model.
    const key = ({ shape, data }: Pick<StoredArray, 'shape' | 'data'>): string => `${shape}: ${data}`
    const stored = arraysIn(child(weights, 'layers')).map(key).sort()
    expect([...after.values()].map(key).sort()).toEqual(stored)

    // What slots there are, and what steps were taken, test/golden.test.ts sees by going on from the file.
    const [iteration, rate] = child(weights, 'optimizer').vars
    const { config } = (compileConfig as JsonObject).optimizer as unknown as KerasConfig
    expect(iteration).toMatchObject({ shape: [], dtype: 'int32' })
    expect(iteration?.data[0]).toBeGreaterThan(0)
    // A schedule needs no rate.
    if (typeof config.learning_rate === 'number') expect(rate).toMatchObject({ shape: [], dtype: 'float32' })
  })

  test('groups mirror the file: by class, in containers', async () => {
    const { weights } = await read(goldenCase('bidirectional').modelBytes)
    expect(weights.name).toBe('sequential')
    const bidirectional = child(child(weights, 'layers'), 'bidirectional')
    expect([...bidirectional.children.keys()]).toEqual(['backward_layer', 'forward_layer'])
    const cell = child(child(bidirectional, 'forward_layer'), 'cell')
    expect(cell.name).toBe('lstm_cell')
    expect(cell.vars.map(({ shape }) => shape)).toEqual([[3, 24], [6, 24], [24]])
  })
})

test('deflated entries read as stored ones do, and bytes may lie anywhere in a buffer', async () => {
  const deflated = zipSync(unzipSync(model), { level: 9 })
  expect(deflated.length).toBeLessThan(model.length)
  const shifted = new Uint8Array(deflated.length + 3)
  shifted.set(deflated, 3)
  expect(await read(shifted.subarray(3))).toEqual(await read(model))
})

test('several files read at once keep apart', async () => {
  const names = ['vanilla', 'stacked', 'bidirectional', 'vanilla']
  const alone = []
  for (const name of names) alone.push(await read(goldenCase(name).modelBytes))
  const together = await Promise.all(names.map((name) => read(goldenCase(name).modelBytes)))
  expect(together).toEqual(alone)
})

describe('what other versions of Keras store', () => {
  test('64-bit counters come as numbers, and variables in numeric order', async () => {
    const arrays = [BigInt64Array.of(12n), ...Array.from({ length: 11 }, (_, i) => Float64Array.of(i))]
    const { weights } = await read(withWeights((file) => variables(file, 'optimizer', arrays)))
    const [iteration, ...rest] = child(weights, 'optimizer').vars
    expect(iteration).toMatchObject({ shape: [1], dtype: 'int64', data: Float64Array.of(12) })
    expect(rest.map(({ data }) => data[0])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  test('an integer that no number can hold is refused', async () => {
    const bytes = withWeights((file) => variables(file, 'optimizer', [BigInt64Array.of(2n ** 60n)]))
    await expect(read(bytes)).rejects.toThrow(
      'entry "model.weights.h5": expected integers below 2^53 at "optimizer/vars/0", got larger ones.',
    )
  })
})

describe('damaged archives', () => {
  test('cut off inside the weights', async () => {
    await expect(read(model.subarray(0, 15000))).rejects.toThrow(
      'expected a whole zip archive, got one cut off after 15000 bytes, inside its entry "model.weights.h5". ' +
        'The file is damaged: copy or download it again.',
    )
  })

  test('cut off anywhere', async () => {
    for (let length = 0; length < model.length; length += 97) {
      await expect(read(model.subarray(0, length))).rejects.toBeInstanceOf(RecurraError)
    }
  })

  test('a flipped bit in the weights', async () => {
    const bytes = flipped(model, entryAt('model.weights.h5') + 9000)
    await expect(read(bytes)).rejects.toThrow(
      /entry "model\.weights\.h5": expected content with CRC-32 0x[0-9a-f]{8}, got 0x[0-9a-f]{8}\. The file is damaged/,
    )
  })

  test('a flipped bit anywhere is found, or lies where nothing is read', async () => {
    const whole = await read(model)
    for (let at = 0; at < model.length; at += 61) {
      const outcome = await read(flipped(model, at)).catch((error: unknown) => error)
      if (!(outcome instanceof RecurraError)) expect(outcome).toEqual(whole)
    }
  })

  test.each(['metadata.json', 'config.json', 'model.weights.h5'])('without its %s', async (name) => {
    const { [name]: _, ...rest } = unzipSync(model)
    const bytes = zipSync(rest, { level: 0 })
    await expect(read(bytes)).rejects.toThrow(`.keras file: expected an entry "${name}", got ["`)
  })

  test('entries that cannot be read', async () => {
    const directory = (field: number, value: number): Promise<unknown> => {
      const bytes = model.slice()
      new DataView(bytes.buffer).setUint32(directoryAt('config.json') + field, value, true)
      return read(bytes)
    }
    await expect(directory(24, 0xfffffff0)).rejects.toThrow(
      /entry "config.json": expected entries of at most \d+ bytes in a file of \d+, got \d+ up to this one/,
    )
    await expect(directory(24, 4_000_000)).rejects.toThrow(/at most \d+ bytes of content, got 4000000/)
    await expect(directory(8, 1)).rejects.toThrow(
      'expected an entry without a password, got an encrypted one.',
    )
    await expect(directory(10, 12)).rejects.toThrow('expected a stored or deflated entry, got zip method 12.')
  })
})

describe('entries that are whole but wrong', () => {
  const text = (value: string): Uint8Array => new TextEncoder().encode(value)
  test.each([
    [
      'config.json',
      text('{"class_name": '),
      'entry "config.json": expected JSON, got text that does not parse (',
    ],
    [
      'config.json',
      Uint8Array.of(0x7b, 0xff),
      'entry "config.json": expected JSON, got text that does not parse',
    ],
    ['config.json', text('[1]'), 'entry "config.json": expected a JSON object, got [1].'],
    [
      'config.json',
      text('{}'),
      'entry "config.json": expected an object with class_name and config, got {}.',
    ],
    ['metadata.json', text('{}'), 'entry "metadata.json": expected a keras_version, got undefined.'],
    [
      'model.weights.h5',
      text('weights'),
      'entry "model.weights.h5": expected an HDF5 file, got 7 bytes that do not',
    ],
  ])('%s, %#', async (name, content, message) => {
    await expect(read(withEntry(name, content))).rejects.toThrow(message)
  })

  test('HDF5 that is cut off or damaged', async () => {
    const { 'model.weights.h5': hdf5 = new Uint8Array() } = unzipSync(model)
    await expect(read(withEntry('model.weights.h5', hdf5.subarray(0, 5000)))).rejects.toThrow(
      /entry "model\.weights\.h5": expected .* inside the file, got bytes \d+ to \d+ of 5000\. The file is damaged/,
    )
    const heap = hdf5.slice().fill(0xff, 0x2a8, 0x2b0)
    await expect(read(withEntry('model.weights.h5', heap))).rejects.toThrow(
      'expected a local heap, "HEAP", got',
    )
  })

  test('groups and variables that Keras would not write', async () => {
    const dataset = withWeights((file) => file.create_dataset({ name: 'kernel', data: Float32Array.of(1) }))
    await expect(read(dataset)).rejects.toThrow('expected a group at "kernel", got a dataset.')
    const named = withWeights((file) =>
      group(file, 'layers/dense/vars').create_dataset({ name: 'kernel', data: Float32Array.of(1) }),
    )
    await expect(read(named)).rejects.toThrow(
      'expected variable 0 at "layers/dense/vars/0", got "kernel". Save the model again with Keras 3.',
    )
    const words = withWeights((file) =>
      group(file, 'layers/dense/vars').create_dataset({ name: '0', data: ['a', 'b'] }),
    )
    await expect(read(words)).rejects.toThrow('expected numbers at "layers/dense/vars/0", got ')
  })
})

function child(tree: WeightTree, name: string): WeightTree {
  const found = tree.children.get(name)
  if (found === undefined) throw new Error(`no group "${name}" among ${[...tree.children.keys()]}`)
  return found
}

const arraysIn = (tree: WeightTree): StoredArray[] => [
  ...tree.vars,
  ...[...tree.children.values()].flatMap((inner) => arraysIn(inner)),
]

const product = (shape: readonly number[]): number => shape.reduce((size, length) => size * length, 1)

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice()
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

const entryAt = (name: string): number => listEntries('', model).get(name)?.at ?? Number.NaN

/** Where the archive's directory speaks of an entry: 46 bytes before the last mention of its name. */
function directoryAt(name: string): number {
  return new TextDecoder('latin1').decode(model).lastIndexOf(name) - 46
}

/** The vanilla model with other weights, written by `write` into an HDF5 file of its own. */
function withWeights(write: (file: H5File) => void): Uint8Array {
  const path = '/written-by-a-test.h5'
  const file = new H5File(path, 'w', { libver: ['earliest', 'v114'] })
  write(file)
  file.close()
  const content = library.FS.readFile(path)
  library.FS.unlink(path)
  return withEntry('model.weights.h5', content)
}

function group(file: H5File, path: string): Group {
  return path.split('/').reduce<Group>((parent, name) => {
    const found = parent.keys().includes(name) ? parent.get(name) : null
    return found !== null && 'create_group' in found ? found : parent.create_group(name)
  }, file)
}

function variables(
  file: H5File,
  path: string,
  arrays: (Float32Array | Float64Array | BigInt64Array)[],
): void {
  const vars = group(file, `${path}/vars`)
  arrays.forEach((data, i) => {
    vars.create_dataset({ name: String(i), data })
  })
}
