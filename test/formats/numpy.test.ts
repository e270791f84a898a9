/** NumPy's files: arrays of every type and layout, pickled lists of numbers, and files that mean harm. */
import { strToU8, zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { readNpy, writeNpy } from '../../src/formats/numpy/npy.ts'
import { loadNpy, loadNpz } from '../../src/formats.ts'
import { FormatError, tensor } from '../../src/index.ts'
import { toTensor } from '../../src/util/tensor.ts'
import { bytesOf, golden, type Nested } from '../datasets/golden.ts'
import { uniform } from '../support/values.ts'

const { numpy } = golden
const nested = (array: unknown): Nested => (Array.isArray(array) ? array : toTensor(array, 'test').toArray())

test('an archive of arrays of all types and layouts, as numpy.savez wrote it', async () => {
  const arrays = await loadNpz(bytesOf(numpy.savez))
  expect(Object.keys(arrays)).toEqual(Object.keys(numpy.expected))
  for (const [name, expected] of Object.entries(numpy.expected)) {
    const got = nested(arrays[name])
    expect(got, name).toEqual(
      typeof expected === 'boolean' ? Number(expected) : JSON.parse(numbersIn(expected)),
    )
  }
  expect(arrays).toMatchObject({ x: { dtype: 'uint8', shape: [2, 3, 4] }, empty: { shape: [0, 3] } })
})

/** Truths as numbers. */
const numbersIn = (value: unknown): string =>
  JSON.stringify(value).replaceAll('true', '1').replaceAll('false', '0')

test.each(numpy.pickles)('pickled: $name', async ({ npy, expected }) => {
  expect(nested(await loadNpy(bytesOf(npy)))).toEqual(expected)
})

test.each([[[3, 5, 2]], [[7]], [[0, 3]]])('%j comes back as it was written', (shape) => {
  const given = uniform(shape, -1, 1, 4)
  expect(toTensor(readNpy('x.npy', writeNpy(given)), 'test')).toEqual(given)
  expect((writeNpy(given).length - given.data.length * 4) % 64).toBe(0)
})

describe('refused', () => {
  const bytes = writeNpy(tensor(Float32Array.from({ length: 30 }, Math.sqrt), [3, 5, 2]))
  const text = Buffer.from(bytes).toString('latin1')
  const changed = (from: string, to: string) => Buffer.from(text.replace(from, to), 'latin1')

  test.each([
    [bytes.subarray(0, -1), 'expected 30 numbers, got bytes for 29'],
    [new Uint8Array(20), 'expected a .npy file'],
    [changed("'<f4'", "'<c8'"), 'expected an array of numbers'],
    [changed("'<f4'", "'<U1'"), 'expected an array of numbers'],
    [changed('(3, 5, 2)', '(3, 9, 9)'), 'expected 243 numbers'],
    [changed("'shape'", "'Shape'"), "expected NumPy's header"],
    [bytesOf(numpy.dicts), 'expected a list of numbers, got a pickle of something else'],
    [bytesOf(numpy.calls), 'got one that calls posix.system. A pickle may run code'],
  ])('%#: %s', async (file, message) => {
    await expect(loadNpy(file)).rejects.toThrow(message)
    await expect(loadNpy(file)).rejects.toBeInstanceOf(FormatError)
  })

  const [{ npy = '' } = {}] = numpy.pickles
  const whole = bytesOf(npy)
  const header = whole.subarray(0, 128)

  /** A file of an array of one object, whose pickle are these bytes. */
  const pickled = (...pickle: readonly (string | number)[]): Uint8Array => {
    const codes = pickle.map((part) => (typeof part === 'number' ? Uint8Array.of(part) : strToU8(part)))
    return Uint8Array.from([...header, ...codes.flatMap((code) => [...code])])
  }

  test.each([
    ['a text longer than the file', pickled('X', 255, 255, 255, 127), 'expected 2147483647 bytes'],
    ['bytes of 2⁶⁴ - 1', pickled(0x8e, ...Array<number>(8).fill(255)), 'bytes at byte'],
    ['an empty stack', pickled('a.'), 'expected a value on the stack'],
    ['no mark', pickled('e.'), 'expected a mark'],
    ['nothing remembered', pickled('h', 3, '.'), 'expected a value that was remembered'],
    ['a number of a million digits', pickled(`L${'9'.repeat(1e6)}\n.`), 'expected a number'],
    ['an integer of 2³¹ bytes', pickled(0x8b, 0, 0, 0, 128), 'expected an integer of at most 8 bytes'],
    ['an unknown operation', pickled(0xff), 'expected an operation of protocols 0 to 5'],
    ['a call of eval', pickled('cbuiltins\neval\n(V1+1\ntR.'), 'got one that calls builtins.eval'],
    ['a name that all objects have', pickled('cnumpy\nconstructor\n)R.'), 'calls numpy.constructor'],
    ['a call of no name', pickled('N)R.'), 'one that calls something else'],
    ['no end', pickled('N'), 'expected 1 bytes at byte 1'],
  ])('%s', async (_, file, message) => {
    await expect(loadNpy(file)).rejects.toThrow(message)
    await expect(loadNpy(file)).rejects.toBeInstanceOf(FormatError)
  })

  test('a list that stands in many places, which would be more than fits anywhere', async () => {
    const many = 5000
    const name = (module: string, name: string) => `c${module}\n${name}\n`
    const array = `${name('numpy.core.multiarray', '_reconstruct')}(${name('numpy', 'ndarray')}(I0\ntVb\ntR`
    const type = `${name('numpy', 'dtype')}(VO\nI0\nI1\ntR`
    const list = `(${'I1\n'.repeat(many)}lp1\n0`
    const program = `${list}${array}(I1\n(I${many}\nt${type}I00\n(${'g1\n'.repeat(many)}ltb.`
    const text = Buffer.from(header).toString('latin1').replace('(4,), }   ', `(${many},), }`)
    const file = Buffer.from(text + program, 'latin1')
    await expect(loadNpy(file)).rejects.toThrow(/entry \d+: expected a list of numbers/)
  })

  test('an archive that is cut off, or whose array is', async () => {
    const archive = bytesOf(numpy.savez)
    await expect(loadNpz(archive.subarray(0, 300))).rejects.toThrow('expected a whole zip archive')
    const cut = zipSync({ 'x.npy': bytes.subarray(0, 200) })
    await expect(loadNpz(cut)).rejects.toThrow('loadNpz, array "x": expected 30 numbers, got bytes for 18')
  })
})
