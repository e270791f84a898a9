/** Where models are written beside paths: the handles of folders and files, downloads. */
import { saveEjected, saveONNX, saveSafetensors, toONNX } from 'recurra/formats'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { Dense, type LayersModel, loadModel, Sequential, setBackend } from '../../src/index.ts'

beforeAll(() => setBackend('cpu'))
afterEach(() => {
  vi.unstubAllGlobals()
})

const modelOf = (): LayersModel => Sequential([Dense(2, { inputShape: [3] })])

/** A folder as the File System API has it; what a writable is given counts when it is closed. */
function folderOf(files: Map<string, Uint8Array>): FileSystemDirectoryHandle {
  const handle = {
    kind: 'directory',
    name: 'folder',
    async getFileHandle(name: string, { create = false } = {}) {
      if (!files.has(name) && !create) throw new DOMException('none', 'NotFoundError')
      return {
        kind: 'file',
        name,
        getFile: async () =>
          new File([(files.get(name) ?? new Uint8Array()) as Uint8Array<ArrayBuffer>], name),
        async createWritable() {
          let written = new Uint8Array()
          return {
            async write(blob: Blob) {
              written = new Uint8Array(await blob.arrayBuffer())
            },
            close: async () => void files.set(name, written),
            abort: async () => undefined,
          }
        },
      }
    },
  }
  return handle as unknown as FileSystemDirectoryHandle
}

test('the handle of a folder, for TensorFlow.js', async () => {
  const files = new Map<string, Uint8Array>()
  const model = modelOf()
  await model.save(folderOf(files))
  // What names the others comes last.
  expect([...files.keys()]).toEqual(['group1-shard1of1.bin', 'model.json'])
  const read = await loadModel(folderOf(files))
  expect(await read.getWeights()).toEqual(await model.getWeights())
  files.delete('group1-shard1of1.bin')
  await expect(loadModel(folderOf(files))).rejects.toThrow(
    'got none at "group1-shard1of1.bin" in the folder.',
  )
  await expect(model.save(folderOf(files), { format: 'keras' })).rejects.toThrow(
    'got the handle of a folder.',
  )
})

test('the handle of a file', async () => {
  const files = new Map<string, Uint8Array>()
  const model = modelOf()
  const handle = await folderOf(files).getFileHandle('model.keras', { create: true })
  await model.save(handle)
  expect((await loadModel(handle)).countParams()).toBe(8)
  const weights = await folderOf(files).getFileHandle('w.safetensors', { create: true })
  await model.saveWeights(weights)
  expect(new TextDecoder().decode(files.get('w.safetensors')?.subarray(8, 60))).toContain('__metadata__')
})

test('a download', async () => {
  const model = modelOf()
  await expect(model.save('downloads://model.keras')).rejects.toThrow('expected a page, for a download')
  const clicked: string[] = []
  const link = { href: '', download: '', click: () => void clicked.push(link.download) }
  vi.stubGlobal('document', { createElement: () => link })
  vi.useFakeTimers()
  try {
    await model.save('downloads://model.keras')
    await model.save('downloads://mine.json')
    expect(clicked).toEqual(['model.keras', 'group1-shard1of1.bin', 'mine.json'])
    const [blob] = [await (await fetch(link.href)).json()]
    expect(blob.format).toBe('layers-model')
    vi.runAllTimers()
  } finally {
    vi.useRealTimers()
  }
  await expect(loadModel('downloads://model.keras')).rejects.toThrow('expected a place that can be read')
})

/** What a model writes under a name, in a page that offers downloads: the names of the files, and the bytes of the last. */
async function downloaded(write: (to: (name: string) => string) => Promise<unknown>) {
  const names: string[] = []
  const link = { href: '', download: '', click: () => void names.push(link.download) }
  vi.stubGlobal('document', { createElement: () => link })
  await write((name) => `downloads://${name}`)
  const bytes = new Uint8Array(await (await fetch(link.href)).arrayBuffer())
  return { names, bytes, start: new TextDecoder('latin1').decode(bytes.subarray(0, 4)) }
}

test.each([
  ['model.keras', 'PK\u0003\u0004'],
  ['MODEL.KERAS', 'PK\u0003\u0004'],
  ['model', 'PK\u0003\u0004'],
  ['runs.of/v1.5', 'PK\u0003\u0004'],
  ['model.h5', '\u0089HDF'],
  ['model.json', '{"fo'],
])('model.save writes under %s what the name says', async (name, start) => {
  const saved = await downloaded((to) => modelOf().save(to(name)))
  expect(saved.start).toBe(start)
  expect(saved.names.at(-1)).toBe(name)
})

test('model.save writes ONNX under its ending, or as its format', async () => {
  const model = modelOf()
  const expected = await toONNX(model)
  expect(await downloaded((to) => model.save(to('model.onnx')))).toMatchObject({
    names: ['model.onnx'],
    bytes: expected,
  })
  expect(await model.save(null, { format: 'onnx' })).toEqual(expected)
})

test.each([
  ['a.weights.h5', 'Call saveWeights, for weights alone.'],
  ['a.safetensors', 'Call saveWeights, for weights alone.'],
  ['a.tflite', "For a name of another ending, give { format: 'keras' }."],
])('model.save refuses %s', async (name, remedy) => {
  await expect(modelOf().save(name)).rejects.toThrow(
    `save: expected a name that ends in .keras, .h5, .hdf5, .json, .onnx, .html, .js or .mjs, got "${name}". ${remedy}`,
  )
})

test.each([
  ['w.weights.h5', '\u0089HDF'],
  ['w', '\u0089HDF'],
  ['w.h5', '\u0089HDF'],
])('saveWeights writes under %s what the name says', async (name, start) => {
  const saved = await downloaded((to) => modelOf().saveWeights(to(name)))
  expect(saved.names).toEqual([name])
  expect(saved.start).toBe(start)
})

test.each([
  ['w.keras', 'Call save, for a whole model.'],
  ['w.npz', "For a name of another ending, give { format: 'h5' }."],
])('saveWeights refuses %s', async (name, remedy) => {
  await expect(modelOf().saveWeights(name)).rejects.toThrow(
    `saveWeights: expected a name that ends in .weights.h5, .h5, .hdf5 or .safetensors, got "${name}". ${remedy}`,
  )
})

test('a format that is given has any name', async () => {
  const saved = await downloaded((to) => modelOf().save(to('a.h5'), { format: 'keras' }))
  expect(saved).toMatchObject({ names: ['a.h5'], start: 'PK\u0003\u0004' })
})

describe('every writer of its own refuses endings of others before it writes, in one sentence', () => {
  const writers: readonly (readonly [string, string, (name: string) => Promise<unknown>])[] = [
    ['saveONNX', '.onnx', (name) => saveONNX(modelOf(), name)],
    ['saveSafetensors', '.safetensors', (name) => saveSafetensors({ a: [1] }, name)],
    ['saveEjected', '.html, .js or .mjs', (name) => saveEjected(modelOf(), name)],
  ]
  test.each(writers)('%s', async (where, endings, write) => {
    for (const name of ['a.keras', 'a.b/model.h5', 'a.txt'])
      await expect(write(name)).rejects.toThrow(
        `${where}: expected a name that ends in ${endings}, got "${name}".`,
      )
  })

  test('unless a format is given', async () => {
    const saved = await downloaded((to) => saveEjected(modelOf(), to('a.txt'), { format: 'js' }))
    expect(saved).toMatchObject({ names: ['a.txt'], start: '// A' })
  })
})
