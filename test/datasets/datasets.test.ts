/** Keras's data sets, from small files: the numbers of Keras, the places that files come from, and what is refused. No test reads the network. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync, zipSync } from 'fflate'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { datasets, padSequences } from '../../src/data.ts'
import { readKerasFile } from '../../src/datasets/kerasFile.ts'
import { randomState } from '../../src/datasets/randomState.ts'
import { writeNpy } from '../../src/formats/numpy/npy.ts'
import { FormatError, RecurraError, type Tensor, tensor } from '../../src/index.ts'
import { setFiles } from '../../src/util/files.ts'
import { junk } from '../support/kinds.ts'
import { endMemoryFiles, useMemoryFiles } from '../support/memoryFiles.ts'
import { uniform } from '../support/values.ts'
import { bytesOf, golden } from './golden.ts'

type Part = readonly [x: unknown, y: Tensor]
type Load = (options?: object) => Promise<readonly [Part, Part]>
const loaders = Object.fromEntries(
  Object.entries(datasets).map(([name, { loadData }]) => [name, loadData as Load]),
)
const loaderOf = (name: string): Load => loaders[name] as Load
const fileOf = (name: string): Uint8Array => bytesOf(golden.files[name] as string)
const { imdb } = datasets

const fetched = vi.fn(async (address: string | URL): Promise<Response> => {
  throw new TypeError(`fetch failed: ${address}`)
})
const served: Record<string, Uint8Array> = {}
const server = createServer((request, response) => {
  const file = served[request.url ?? '']
  response.writeHead(file ? 200 : 404).end(file)
})
let site = ''
beforeAll(async () => {
  const loopback = globalThis.fetch
  vi.stubGlobal('fetch', (address: string | URL, init?: RequestInit) =>
    `${address}`.startsWith(site) ? loopback(address, init) : fetched(address),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  vi.unstubAllGlobals()
  await new Promise((resolve) => server.close(resolve))
})
afterEach(() => {
  endMemoryFiles()
  fetched.mockClear()
  fetched.mockImplementation(async (address) => {
    throw new TypeError(`fetch failed: ${address}`)
  })
})

const plain = (x: unknown): unknown => (Array.isArray(x) ? x : (x as Tensor).toArray())

describe("Keras's numbers", () => {
  test.each(golden.cases)('$name $options', async ({ name, options, expected }) => {
    const parts = await loaderOf(name)({ path: fileOf(name), ...options })
    expect(parts.map(([x, y]) => [plain(x), y.toArray()])).toEqual(expected)
  })

  test.each(golden.images)('$name $options', async ({ name, options, parts }) => {
    const loaded = await loaderOf(name)({ path: fileOf(name), ...options })
    const sums = loaded.map(([x, y]) => {
      const { data, shape } = x as Tensor
      return { shape, sum: data.reduce((sum, value, i) => sum + value * (i % 1009), 0), y: y.toArray() }
    })
    expect(sums).toEqual(parts)
  })

  test('orders are those of NumPy', () => {
    // numpy.random.RandomState(113): the first of shuffle(arange(25000)), twice
    const draw = randomState(113)
    expect([...draw(25000).subarray(0, 5)]).toEqual([7798, 13226, 18078, 793, 17499])
    expect([...new Set(draw(1000))]).toHaveLength(1000)
    expect([...randomState(2 ** 32 - 1)(1000).subarray(0, 5)]).toEqual([94, 405, 819, 632, 217])
  })

  test('the small version are the first 600 districts', async () => {
    const rows = { x: uniform([605, 2], 0, 1, 1), y: tensor(Float32Array.from({ length: 605 }, (_, i) => i)) }
    const path = zipSync({ 'x.npy': writeNpy(rows.x), 'y.npy': writeNpy(rows.y) })
    const [[x, y], [, test]] = await datasets.californiaHousing.loadData({ path, version: 'small' })
    expect([x.shape, test.shape]).toEqual([[480, 2], [120]])
    expect([...y.data, ...test.data].sort((a, b) => a - b)).toEqual([...rows.y.data.subarray(0, 600)])
    expect(x.data[0]).toBe(rows.x.data[2 * (y.data[0] as number)])
  })

  test('names of topics', () => {
    const names = datasets.reuters.getLabelNames()
    expect([names.length, names[0], names[45]]).toEqual([46, 'cocoa', 'lead'])
  })

  test('sequences are what padSequences takes', async () => {
    const [[x]] = await imdb.loadData({ path: fileOf('imdb') })
    expect(padSequences(x, { maxlen: 4 }).shape).toEqual([12, 4])
  })
})

/** A file of images as Fashion-MNIST has them. */
const idx = (shape: readonly number[], bytes: readonly number[]): Uint8Array =>
  gzipSync(
    Uint8Array.from([0, 0, 8, shape.length, ...shape.flatMap((extent) => [0, 0, 0, extent]), ...bytes]),
  )
const clothes: Readonly<Record<string, Uint8Array>> = {
  'train-images-idx3-ubyte.gz': idx([2, 2, 3], [...Array(12).keys()]),
  'train-labels-idx1-ubyte.gz': idx([2], [9, 4]),
  't10k-images-idx3-ubyte.gz': idx([1, 2, 3], [255, 0, 1, 2, 3, 4]),
  't10k-labels-idx1-ubyte.gz': idx([1], [7]),
}
const worn = [
  [tensor([...Array(12).keys()], [2, 2, 3]), tensor([9, 4])],
  [tensor([255, 0, 1, 2, 3, 4], [1, 2, 3]), tensor([7])],
]
const { fashionMnist } = datasets

describe('places', () => {
  test('an address, with progress', async () => {
    served['/data/mnist.npz'] = fileOf('mnist')
    const heard: (readonly (number | null)[])[] = []
    const path = `${site}/data/mnist.npz`
    const [[x]] = await datasets.mnist.loadData({ path, onProgress: (...each) => void heard.push(each) })
    expect(x.shape).toEqual([3, 4, 4])
    expect(heard.at(-1)?.[0]).toBe(fileOf('mnist').length)
    await expect(datasets.mnist.loadData({ path: `${site}/mnist.npz` })).rejects.toThrow('status 404')
  })

  test.each(['/clothes', '/clothes/'])('the folder of several files, %s', async (folder) => {
    for (const [name, file] of Object.entries(clothes)) served[`/clothes/${name}`] = file
    expect(await fashionMnist.loadData({ path: site + folder })).toEqual(worn)
  })

  test('a folder among the files, and its files', async () => {
    const files = useMemoryFiles()
    for (const [name, file] of Object.entries(clothes)) files.set(`here/${name}`, file)
    expect(await fashionMnist.loadData({ path: 'here' })).toEqual(worn)
    const list = Object.entries(clothes).map(([name, file]) => new File([file as BlobPart], name))
    expect(await fashionMnist.loadData({ path: list as never })).toEqual(worn)
  })

  test('where Keras keeps its files: loaded once', async () => {
    const files = useMemoryFiles()
    fetched.mockImplementation(
      async (address) => new Response(clothes[`${address}`.replace(/.*\//, '')] as BodyInit),
    )
    expect(await fashionMnist.loadData()).toEqual(worn)
    expect(fetched).toHaveBeenCalledTimes(4)
    expect([...files.keys()].sort()[0]).toBe('datasets/fashion-mnist/t10k-images-idx3-ubyte.gz')
    expect(await fashionMnist.loadData()).toEqual(worn)
    expect(fetched).toHaveBeenCalledTimes(4)
  })

  const file = {
    name: 'a.json',
    origin: 'https://keras.example/a.json',
    hash: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  }
  const abc = new TextEncoder().encode('abc')

  test.each([
    ['SHA-256', file.hash],
    ['MD5', '900150983cd24fb0d6963f7d28e17f72'],
  ])('a kept file of another sum by %s is loaded again', async (_, hash) => {
    const files = useMemoryFiles()
    files.set('datasets/a.json', new TextEncoder().encode('abd'))
    fetched.mockImplementation(async () => new Response('abc'))
    const read = () => readKerasFile('here', { ...file, hash }, { path: null })
    expect(await read()).toEqual(abc)
    expect(files.get('datasets/a.json')).toEqual(abc)
    expect(await readKerasFile('here', { ...file, hash }, { path: 'a.json' })).toEqual(abc)
    expect(fetched).toHaveBeenCalledTimes(1)
    files.clear()
    fetched.mockImplementation(async () => new Response('abd'))
    await expect(read()).rejects.toThrow(`here: expected the file that Keras loads, of the sum ${hash}`)
    expect(files.size).toBe(0)
  })

  test('in a page its Cache API, where there is one', async () => {
    const before = setFiles(null)
    const kept = new Map<string, Response>()
    const cache = {
      match: async (at: string) => kept.get(at)?.clone(),
      put: async (at: string, body: Response) => void kept.set(at, body),
    }
    vi.stubGlobal('caches', { open: async () => cache })
    try {
      fetched.mockImplementation(async () => new Response('abc'))
      expect(await readKerasFile('here', file, { path: null })).toEqual(abc)
      expect(await readKerasFile('here', file, { path: null })).toEqual(abc)
      expect(fetched).toHaveBeenCalledTimes(1)
      expect([...kept.keys()]).toEqual([file.origin])
      vi.stubGlobal('caches', undefined)
      expect(await readKerasFile('here', file, { path: null })).toEqual(abc)
      expect(fetched).toHaveBeenCalledTimes(2)
    } finally {
      vi.stubGlobal('caches', undefined)
      setFiles(before)
    }
  })

  test('a signal ends it', async () => {
    const reason = new Error('enough')
    fetched.mockImplementation(() => new Promise(() => undefined))
    const controller = new AbortController()
    const loading = imdb.loadData({ signal: controller.signal })
    setTimeout(() => controller.abort(reason))
    await expect(loading).rejects.toBe(reason)
    await expect(imdb.loadData({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })

  test('ranks of words', async () => {
    const path = new Blob(['{"the": 1, "a": 2}'])
    expect(await imdb.getWordIndex({ path })).toEqual({ the: 1, a: 2 })
    expect(await datasets.reuters.getWordIndex({ path })).toEqual({ the: 1, a: 2 })
    await expect(imdb.getWordIndex({ path: new Blob(['{']) })).rejects.toThrow('expected JSON')
    await expect(imdb.getWordIndex({ path: new Blob(['[1]']) })).rejects.toThrow('words with their ranks')
  })
})

describe('refused', () => {
  test.each(Object.entries(loaders))('%s without a network says what to do', async (_, load) => {
    await expect(load()).rejects.toThrow(/expected to load https:.* \(CORS\): put the file beside your page/)
    await expect(load()).rejects.toBeInstanceOf(RecurraError)
  })

  test.each(Object.entries(loaders))('%s of what is no option', async (_, load) => {
    for (const value of junk)
      for (const options of [value, { path: value }, { signal: value, path: new Uint8Array(3) }])
        await expect(load(options as never)).rejects.toBeInstanceOf(RecurraError)
  })

  const numbers = writeNpy(tensor([1, 2, 3]))
  const archive = (files: Readonly<Record<string, Uint8Array>>): Uint8Array => zipSync({ ...files })
  test.each([
    ['imdb', archive({ 'x_train.npy': numbers }), 'expected lists of numbers'],
    ['reuters', archive({ 'y.npy': numbers }), 'expected an array named x, got y'],
    ['reuters', archive({ 'x.npy': writeNpy(tensor([[1], [2]])), 'y.npy': numbers }), 'expected 2 targets'],
    ['bostonHousing', fileOf('imdb'), 'expected an array named x'],
    ['mnist', archive({ 'x_train.npy': bytesOf(golden.numpy.pickles[0]?.npy ?? '') }), 'an array of numbers'],
    ['cifar10', fileOf('cifar100'), 'expected this file in the archive'],
    ['cifar10', gzipSync(new Uint8Array(3)), 'expected this file in the archive'],
    ['cifar10', fileOf('mnist'), 'expected a file compressed by gzip'],
    ['cifar10', fileOf('cifar10').subarray(0, -9), 'expected at most'],
  ])('%s of a file that holds something else, %#', async (name, path, message) => {
    await expect(loaderOf(name)({ path })).rejects.toThrow(message)
    await expect(loaderOf(name)({ path })).rejects.toBeInstanceOf(FormatError)
  })

  test.each([
    ['train-images-idx3-ubyte.gz', idx([2, 2, 3], [1]), 'expected 12 bytes of content, got 1'],
    ['train-images-idx3-ubyte.gz', gzipSync(new Uint8Array(3)), 'expected an IDX file'],
    ['train-labels-idx1-ubyte.gz', idx([1], [1]), 'expected 2 labels, one an image, got 1'],
  ])('Fashion-MNIST with another %s, %#', async (name, file, message) => {
    const files = Object.entries({ ...clothes, [name]: file })
    const list = files.map(([each, bytes]) => new File([bytes as BlobPart], each))
    await expect(fashionMnist.loadData({ path: list as never })).rejects.toThrow(message)
  })

  test('settings that leave nothing', async () => {
    const path = fileOf('imdb')
    await expect(imdb.loadData({ path, maxlen: 1 })).rejects.toThrow('Increase maxlen.')
    await expect(imdb.loadData({ path, seed: 2 ** 32 })).rejects.toThrow(
      'seed to be an integer from 0 to 4294967295',
    )
    await expect(datasets.bostonHousing.loadData({ path, testSplit: 1 })).rejects.toThrow('below 1')
  })
})
