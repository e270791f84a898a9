/**
 * HDF5 read and written here, against the HDF5 group's own library: the weights of every golden file, trees of many members, and what
 * is refused by name.
 */
import { unzipSync } from 'fflate'
import { Dataset, type Group, File as H5File, ready } from 'h5wasm'
import { describe, expect, test } from 'vitest'
import { FormatError } from '../../src/formats/formatError.ts'
import { readHdf5 } from '../../src/formats/hdf5/reader.ts'
import type {
  Hdf5Group,
  Hdf5Node,
  WrittenAttribute,
  WrittenDataset,
  WrittenGroup,
} from '../../src/formats/hdf5/tree.ts'
import { writeHdf5 } from '../../src/formats/hdf5/writer.ts'
import { Generator } from '../../src/util/generator.ts'
import { goldenCase, goldenNames } from '../support/golden.ts'
import { sampled } from '../support/sampled.ts'

const library = await ready
const PATH = '/hdf5-of-a-test.h5'

/** What the library finds in a file: each object's path with its attributes, arrays with type, shape and numbers. */
function asRead(bytes: Uint8Array): Record<string, unknown> {
  library.FS.writeFile(PATH, bytes)
  const file = new H5File(PATH, 'r')
  const entries = file.paths().map((path) => {
    const object = file.get(path)
    const attributes = Object.entries((object as Group).attrs).map(([name, { value }]) => [name, value])
    const array =
      object instanceof Dataset
        ? {
            type: object.dtype,
            shape: object.shape,
            values: ArrayBuffer.isView(object.value)
              ? [...(object.value as Float64Array)].map(String)
              : [String(object.value)],
          }
        : {}
    return [path, { ...array, attributes: Object.fromEntries(attributes) }]
  })
  file.close()
  library.FS.unlink(PATH)
  return Object.fromEntries(entries)
}

/** A file that the library writes. */
function written(write: (file: H5File) => void): Uint8Array {
  const file = new H5File(PATH, 'w', { libver: ['earliest', 'v114'] })
  write(file)
  file.close()
  const bytes = library.FS.readFile(PATH)
  library.FS.unlink(PATH)
  return bytes
}

const whole = (pieces: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(pieces))

/** The same tree to write; Keras's groups have no attribute but a name. */
function again(node: Hdf5Group): WrittenGroup
function again(node: Hdf5Node): WrittenGroup | WrittenDataset
function again(node: Hdf5Node): WrittenGroup | WrittenDataset {
  const name = node.attribute('name')?.data[0]
  const attributes = typeof name === 'string' ? { name } : {}
  if (node.kind === 'group')
    return { attributes, children: new Map([...node.children].map(([key, child]) => [key, again(child)])) }
  const { dtype, shape, data } = node.read()
  if (dtype === 'bool') throw new Error('no variable of Keras is')
  const values = dtype === 'int64' ? BigInt64Array.from(data, (value) => BigInt(value)) : data
  return { dtype, shape, data: values, attributes }
}

const weightsOf = (archive: Uint8Array): Uint8Array => unzipSync(archive)['model.weights.h5'] as Uint8Array

test.each(sampled(goldenNames, 6))('%s: read and written anew, the library finds the same', async (name) => {
  const { modelBytes, trainedBytes } = goldenCase(name)
  const bytes = weightsOf(trainedBytes ?? modelBytes)
  const rewritten = whole(writeHdf5(again(await readHdf5(name, bytes))))
  expect(asRead(rewritten)).toEqual(asRead(bytes))
  expect(again(await readHdf5(name, rewritten))).toEqual(again(await readHdf5(name, bytes)))
})

test('groups of many members, whose trees have levels, arrays of every type, and attributes', async () => {
  const types = {
    float32: Float32Array.of(0.5, -1, 3e38),
    float64: Float64Array.of(0.1, -1, 1e300),
    int8: Int8Array.of(-128, 0, 127),
    int16: Int16Array.of(-1, 2, 3),
    int32: Int32Array.of(-1, 2, 3),
    int64: BigInt64Array.of(-1n, 2n, 3n),
    uint8: Uint8Array.of(0, 1, 255),
    uint16: Uint16Array.of(1, 2, 65535),
    uint32: Uint32Array.of(1, 2, 4294967295),
    uint64: BigUint64Array.of(1n, 2n, 3n),
  } as const
  const attributes: Record<string, WrittenAttribute> = { backend: 'jäx', list: ['a', 'bcd', ''], none: '' }
  for (const count of [0, 1, 9, 300]) {
    const members = Array.from({ length: count }, (_, i): [string, WrittenDataset] => [
      `member ${i * 7919}`,
      { dtype: 'float32', shape: [i % 3, 1], data: new Float32Array(i % 3).fill(i) },
    ])
    const arrays = Object.entries(types).map(([dtype, data]): [string, WrittenDataset] => [
      dtype,
      { dtype: dtype as keyof typeof types, shape: [3], data, attributes },
    ])
    const root: WrittenGroup = {
      attributes,
      children: new Map<string, WrittenGroup | WrittenDataset>([
        ['many', { children: new Map(members) }],
        ['scalar', { dtype: 'int32', shape: [], data: Int32Array.of(7) }],
        ...arrays,
      ]),
    }
    const bytes = whole(writeHdf5(root))
    const found = asRead(bytes)
    expect(Object.keys(found)).toHaveLength(1 + 1 + count + arrays.length)
    expect(found['many/member 7919']).toEqual(
      count > 1 ? { type: '<f', shape: [1, 1], values: ['1'], attributes: {} } : undefined,
    )
    expect(found.float64).toMatchObject({ values: ['0.1', '-1', '1e+300'], attributes })
    const read = await readHdf5('test', bytes)
    expect(read.attribute('list')).toEqual({ shape: [3], data: ['a', 'bcd', ''] })
    expect(read.attribute('missing')).toBeNull()
    const many = read.children.get('many') as Hdf5Group
    expect([...many.children.keys()].sort()).toEqual(members.map(([name]) => name).sort())
  }
})

test('float16, which are numbers here', async () => {
  const data = Uint16Array.of(0x3c00, 0xc000, 0x7bff)
  const bytes = whole(writeHdf5({ children: new Map([['half', { dtype: 'float16', shape: [3], data }]]) }))
  expect(again(await readHdf5('test', bytes)).children.get('half')).toMatchObject({
    dtype: 'float16',
    data: Float32Array.of(1, -2, 65504),
  })
})

describe('what Keras does not write is refused by name', () => {
  test.each<[string, (file: H5File) => void, string]>([
    [
      'texts',
      (file) => file.create_dataset({ name: 'a', data: ['x'] }),
      'expected numbers at "a", got texts',
    ],
    ['a soft link', (file) => file.create_soft_link('/b', 'a'), 'expected an object at "a", got a soft link'],
    [
      'a second link',
      (file) => {
        file.create_group('b')
        file.create_hard_link('/b', 'a')
      },
      'expected each object in one place, got a second link to one, "b".',
    ],
    [
      'a cycle',
      (file) => file.create_group('b').create_hard_link('/', 'a'),
      'expected each object in one place',
    ],
  ])('%s', async (_what, write, message) => {
    const bytes = written(write)
    const read = async (): Promise<unknown> => {
      const [child] = (await readHdf5('file.h5', bytes)).children.values()
      return child?.kind === 'dataset' && child.read()
    }
    await expect(read()).rejects.toThrow(FormatError)
    await expect(read()).rejects.toThrow(message)
  })
})

/** Reads all of a file. */
function readAll(node: Hdf5Node): void {
  node.attribute('name')
  if (node.kind === 'dataset') node.read()
  else for (const child of node.children.values()) readAll(child)
}

test('damaged files end in a FormatError or are read', async () => {
  const generator = new Generator(5)
  const below = (limit: number): number => Math.floor(generator.uniform() * limit)
  // Damage is where the structure is, which lies among zeros.
  const files = ['vanilla', 'bidirectional', 'normalizations'].map((name) => {
    const bytes = weightsOf(goldenCase(name).modelBytes)
    return { bytes, used: [...bytes.keys()].filter((at) => bytes[at] !== 0) }
  })
  let refused = 0
  for (let round = 0; round < 600; round++) {
    const { bytes: good, used } = files[below(files.length)] as (typeof files)[number]
    const bytes = good.slice()
    for (let i = below(3); i >= 0; i--) bytes[used[below(used.length)] ?? 0] = below(256)
    try {
      readAll(
        await readHdf5('damaged', bytes.subarray(0, below(4) === 0 ? below(bytes.length) : bytes.length)),
      )
    } catch (error) {
      expect(error).toBeInstanceOf(FormatError)
      refused++
    }
  }
  expect(refused).toBeGreaterThan(100)
})
