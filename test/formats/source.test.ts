/** Where loadModel reads from: bytes, Blobs, URLs, and paths in Node. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadModel, RecurraError } from '../../src/node.ts'
import { goldenCase } from '../support/golden.ts'

const { modelBytes } = goldenCase('vanilla')
const path = 'test/golden/vanilla/model.keras'
const buffer = modelBytes.slice().buffer

/** A File as pages that are tested without a browser have it: jsdom's say their class and have no stream, those of happy-dom do not. */
const testedFile = (tag: object): File =>
  Object.assign(Object.create(tag), {
    name: 'model.keras',
    size: buffer.byteLength,
    arrayBuffer: async () => buffer.slice(),
  })
const ofJsdom = testedFile({ [Symbol.toStringTag]: 'File' })
const ofHappyDom = testedFile({})

test.each([
  ['Uint8Array', modelBytes],
  ['ArrayBuffer', buffer],
  ['DataView', new DataView(buffer)],
  ['Blob', new Blob([buffer])],
  ['files of an input', [new File([buffer], 'model.keras')]],
  ['File of jsdom', ofJsdom],
  ['files of jsdom', [ofJsdom]],
  ['File of happy-dom', ofHappyDom],
  ['files of happy-dom', [ofHappyDom]],
  ['response', new Response(buffer)],
  ['path', path],
  ['file URL', pathToFileURL(path)],
  ['data URL', `data:application/octet-stream;base64,${Buffer.from(modelBytes).toString('base64')}`],
] as const)('%s', async (_, source) => {
  expect((await loadModel(source)).countParams()).toBe(393)
  const told: (number | null)[] = []
  const again = source instanceof Response ? new Response(buffer) : source
  await loadModel(again, { onProgress: (loaded) => told.push(loaded) })
  expect(told.at(-1)).toBe(buffer.byteLength)
})

describe('what cannot be read says so, and why', () => {
  const server = createServer((request, response) => {
    response.writeHead(Number(request.url?.slice(1)) || 200).end('<!doctype html>')
  })
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
  afterAll(() => new Promise((resolve) => server.close(resolve)))
  const address = (path: string): string => {
    const { port } = server.address() as AddressInfo
    return `http://127.0.0.1:${port}/${path}`
  }

  test.each([
    ['404', 'status 404 (Not Found). Check the address: the server has no such file.'],
    [
      '403',
      'status 403 (Forbidden). The server gives it only to those who may: fetch it, and give its bytes.',
    ],
    ['500', 'status 500 (Internal Server Error).'],
  ])('status %s', async (path, message) => {
    const url = address(path)
    await expect(loadModel(url)).rejects.toThrow(
      new RecurraError(`loadModel "${url}": expected a file at ${url}, got ${message}`),
    )
  })

  test('a page where a file should be', async () => {
    await expect(loadModel(new URL(address('model.keras')))).rejects.toThrow(
      'model.keras": expected a .keras or .h5 file, got a page of HTML.',
    )
  })

  test.each<[string, unknown, string]>([
    [
      'no such path',
      'test/golden/missing.keras',
      'loadModel "test/golden/missing.keras": expected a file, got none at "test/golden/missing.keras".',
    ],
    [
      'a folder',
      'test/golden',
      'got: EISDIR: illegal operation on a directory, read. Give the path of a .keras file. A folder may be a SavedModel',
    ],
    ['no server', 'http://127.0.0.1:1/model.keras', 'got: fetch failed (bad port)'],
    ['a number', 7, 'loadModel: expected bytes, a Blob, a URL or a path, got 7.'],
    ['nothing', undefined, 'loadModel: expected bytes, a Blob, a URL or a path, got undefined.'],
    ['a promise', Promise.resolve(modelBytes), 'got a promise that is not awaited.'],
    ['a response that is an error', new Response('', { status: 404 }), 'got status 404. Check the address:'],
    ['an empty response', new Response(), 'got an empty file.'],
    ['a list of no files', [7], 'loadModel: expected bytes, a Blob, a URL or a path, got [7].'],
    ['a buffer that was given away', givenAway(), 'got: Cannot perform'],
  ])('%s', async (_, source, message) => {
    const loading = loadModel(source as string)
    await expect(loading).rejects.toThrow(message)
    await expect(loading).rejects.toBeInstanceOf(RecurraError)
  })
})

function givenAway(): ArrayBuffer {
  const given = new ArrayBuffer(8)
  structuredClone(given, { transfer: [given] })
  return given
}
