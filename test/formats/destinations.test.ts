/** Where models are written beside paths: the handles of folders and files, downloads. */
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
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
