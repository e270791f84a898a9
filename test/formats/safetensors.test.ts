/** safetensors files: read and written, by the layout that the format's own library checks; damaged ones say what is wrong. */
import { expect, test } from 'vitest'
import { loadSafetensors, saveSafetensors } from '../../src/formats.ts'
import { FormatError, tensor } from '../../src/index.ts'

/** A file of a header, as text or as JSON, and of data. */
function fileOf(header: unknown, data: readonly number[] = [], length?: number): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const bytes = new Uint8Array(8 + text.length + data.length)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length ?? text.length), true)
  bytes.set(text, 8)
  bytes.set(data, 8 + text.length)
  return bytes
}

const bytesOf = (array: ArrayBufferView): number[] => [
  ...new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
]

test('tensors of every type, in any order of their data, with texts', async () => {
  // By name: what a file has, what is read of it.
  const cases: readonly (readonly [string, ArrayBufferView, readonly number[], string])[] = [
    ['F64', Float64Array.of(0.1, -3), [0.1, -3], 'float64'],
    ['F32', Float32Array.of(0.5, 2), [0.5, 2], 'float32'],
    ['F16', Uint16Array.of(0x3c00, 0xc000), [1, -2], 'float16'],
    ['BF16', Uint16Array.of(0x3f80, 0xc040), [1, -3], 'float32'],
    ['I64', BigInt64Array.of(-5n, 9n), [-5, 9], 'int64'],
    ['I32', Int32Array.of(-5, 2 ** 30), [-5, 2 ** 30], 'int32'],
    ['I16', Int16Array.of(-5, 9), [-5, 9], 'int16'],
    ['I8', Int8Array.of(-5, 9), [-5, 9], 'int8'],
    ['U64', BigUint64Array.of(5n, 9n), [5, 9], 'uint64'],
    ['U32', Uint32Array.of(5, 9), [5, 9], 'uint32'],
    ['U16', Uint16Array.of(5, 9), [5, 9], 'uint16'],
    ['U8', Uint8Array.of(5, 9), [5, 9], 'uint8'],
    ['BOOL', Uint8Array.of(0, 1), [0, 1], 'bool'],
  ]
  let end = 0
  const entries = cases.map(([dtype, { byteLength }]) => {
    const begin = end
    end += byteLength
    return [dtype, { dtype, shape: [2, 1], data_offsets: [begin, end] }] as const
  })
  const header = Object.fromEntries([...entries].reverse())
  const file = fileOf(
    { __metadata__: { format: 'pt' }, ...header },
    cases.flatMap(([, array]) => bytesOf(array)),
  )
  const { tensors, metadata } = await loadSafetensors(file)
  expect(metadata).toEqual({ format: 'pt' })
  expect(Object.keys(tensors)).toEqual(cases.map(([name]) => name).reverse())
  for (const [name, , numbers, dtype] of cases) {
    expect({ ...tensors[name], data: [...(tensors[name]?.data ?? [])] }, name).toEqual({
      dtype,
      shape: [2, 1],
      data: numbers,
    })
    expect(tensor(tensors[name] as NonNullable<(typeof tensors)[string]>).toArray(), name).toEqual(
      numbers.map((number) => [Math.fround(number)]),
    )
  }
})

test('what is written is read again, and lies as other readers want it', async () => {
  const written = await saveSafetensors(
    {
      kernel: tensor([1, 2, 3, 4, 5, 6], [2, 3]),
      ids: { data: Int32Array.of(7, -8), shape: [1, 2] },
      steps: BigInt64Array.of(3n),
      nested: [
        [1, 2],
        [3, 4],
      ],
      scalar: tensor([2.5], []),
      none: tensor([], [0, 3]),
      constructor: Float64Array.of(0.1),
    },
    null,
    { metadata: { model: 'sequential' } },
  )
  const length = Number(new DataView(written.buffer).getBigUint64(0, true))
  expect(length % 8).toBe(0)
  const header = JSON.parse(new TextDecoder().decode(written.subarray(8, 8 + length)))
  expect(header.ids).toEqual({ dtype: 'I32', shape: [1, 2], data_offsets: [24, 32] })
  expect(written.length).toBe(8 + length + 24 + 8 + 8 + 16 + 4 + 0 + 8)
  const { tensors, metadata } = await loadSafetensors(written)
  expect(metadata).toEqual({ model: 'sequential' })
  const shapes = Object.entries(tensors).map(([name, { dtype, shape, data }]) => [
    name,
    dtype,
    shape,
    [...data],
  ])
  expect(shapes).toEqual([
    ['kernel', 'float32', [2, 3], [1, 2, 3, 4, 5, 6]],
    ['ids', 'int32', [1, 2], [7, -8]],
    ['steps', 'int64', [1], [3]],
    ['nested', 'float32', [2, 2], [1, 2, 3, 4]],
    ['scalar', 'float32', [], [2.5]],
    ['none', 'float32', [0, 3], []],
    ['constructor', 'float64', [1], [0.1]],
  ])
})

const one = { dtype: 'F32', shape: [1], data_offsets: [0, 4] }

test.each<[string, Uint8Array, string]>([
  ['nothing', new Uint8Array(), 'header: expected its length in 8 bytes, got a file of 0 bytes.'],
  [
    'a length beyond the file',
    fileOf('{}', [], 2 ** 40),
    'header: expected at most 2 bytes, got 1099511627776.',
  ],
  ['no JSON', fileOf('{"a'), 'header: expected JSON, got text that does not parse'],
  [
    'metadata that are no texts',
    fileOf({ __metadata__: { a: 1 } }),
    'expected __metadata__ to be texts by name',
  ],
  ['no object', fileOf({ a: 3 }), 'tensor "a": expected a dtype among F64, F32, F16,'],
  ['another type', fileOf({ a: { ...one, dtype: 'F8_E4M3' } }), 'BOOL, BF16, got "F8_E4M3".'],
  ['a type of every object', fileOf({ a: { ...one, dtype: 'toString' } }), 'got "toString".'],
  [
    'a negative extent',
    fileOf({ a: { ...one, shape: [-1] } }),
    'tensor "a": expected a shape of integers, got [-1].',
  ],
  [
    'one offset',
    fileOf({ a: { ...one, data_offsets: [0] } }),
    'expected data_offsets as [begin, end], got [0].',
  ],
  ['an end before the begin', fileOf({ a: { ...one, data_offsets: [0, -4] } }), 'expected data_offsets as'],
  ['data beyond the file', fileOf({ a: one }), 'tensor "a": expected data within 0 bytes, got its end at 4.'],
  [
    'a shape of more',
    fileOf({ a: { ...one, shape: [2] } }, [0, 0, 0, 0]),
    'expected 8 bytes of float32, shape [2], got 4.',
  ],
  ['an enormous shape', fileOf({ a: { ...one, shape: [2 ** 50, 2 ** 50] } }, [0, 0, 0, 0]), 'got 4.'],
  [
    'two that overlap',
    fileOf({ a: one, b: one }, [0, 0, 0, 0]),
    'tensor "b": expected data from byte 4 on, got from 0 on.',
  ],
  [
    'data of nothing',
    fileOf({ a: one }, [0, 0, 0, 0, 9]),
    'expected data of 4 bytes behind the header, got 5.',
  ],
  [
    'integers that no number holds',
    fileOf({ a: { dtype: 'I64', shape: [1], data_offsets: [0, 8] } }, bytesOf(BigInt64Array.of(2n ** 60n))),
    'tensor "a": expected integers within ±2⁵³, got a larger int64.',
  ],
])('%s', async (_, file, message) => {
  const loading = loadSafetensors(file)
  await expect(loading).rejects.toThrow(message)
  await expect(loading).rejects.toBeInstanceOf(FormatError)
})

test('what cannot be written', async () => {
  await expect(saveSafetensors({ __metadata__: [1] })).rejects.toThrow(
    'expected names of tensors, got __metadata__.',
  )
  await expect(saveSafetensors({ a: 'text' as unknown as number[] })).rejects.toThrow(
    'tensor "a": expected nested arrays',
  )
})
