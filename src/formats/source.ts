// Sources of a model file: bytes, a Blob, a URL; in Node also a path.

import { describeValue, fail, RecurraError } from '../errors.ts'
import type { Source } from '../models/saving.ts'
import { hasFiles } from '../util/files.ts'
import { isNamed, placeOf } from '../util/places.ts'

export async function readSource(source: Source, where: string): Promise<Uint8Array> {
  if (ArrayBuffer.isView(source))
    return attempt(where, () => new Uint8Array(source.buffer, source.byteOffset, source.byteLength))
  if (source instanceof ArrayBuffer) return attempt(where, () => new Uint8Array(source))
  if (source instanceof Blob) return attempt(where, async () => new Uint8Array(await source.arrayBuffer()))
  if (source instanceof URL || typeof source === 'string') return readAddress(source, where)
  if (typeof source === 'object' && source !== null && 'getFile' in source)
    return attempt(where, async () => new Uint8Array(await (await source.getFile()).arrayBuffer()))
  return fail(where, {
    expected: 'bytes, a Blob, a URL or a path',
    got: describeValue(source),
    remedy: remedyFor(source),
  })
}

function remedyFor(source: unknown): string | undefined {
  if (source instanceof Promise) return 'Await it.'
  return source instanceof Response ? 'Give its bytes: await response.arrayBuffer().' : undefined
}

function readAddress(source: URL | string, where: string): Promise<Uint8Array> {
  const isWeb = /^(https?|data|blob):/.test(String(source))
  if (!isWeb && (hasFiles() || isNamed(String(source)))) {
    return attempt(where, async () => {
      const { place, path } = placeOf(where, String(source))
      return (await place.read(path)) ?? fail(where, { expected: 'a file', got: `none at "${path}"` })
    })
  }
  return attempt(where, async () => {
    const response = await fetch(source)
    if (response.ok) return new Uint8Array(await response.arrayBuffer())
    return failStatus(where, response)
  })
}

function failStatus(where: string, { status, statusText, url }: Response): never {
  const remedies = [
    { statuses: [404, 410], remedy: 'Check the address: the server has no such file.' },
    {
      statuses: [401, 403],
      remedy: 'The server gives it only to those who may: fetch it, and give loadModel the bytes.',
    },
  ]
  return fail(where, {
    expected: `a file at ${url}`,
    got: `status ${status}${statusText && ` (${statusText})`}`,
    remedy: remedies.find(({ statuses }) => statuses.includes(status))?.remedy,
  })
}

/** Turns a failure to read into an error of loadModel with the platform's message. */
async function attempt(where: string, read: () => Uint8Array | Promise<Uint8Array>): Promise<Uint8Array> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof RecurraError) throw error
    const remedy = remedyOf(error)
    throw new RecurraError(
      `${where}: expected a file that can be read, got: ${reasonOf(error)}.${remedy && ` ${remedy}`}`,
      { cause: error },
    )
  }
}

/** The platform's message; Node's fetch has it in the error's cause only. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof Error && error.cause.message
  return cause ? `${error.message} (${cause})` : error.message.replace(/\.$/, '')
}

function remedyOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if ('code' in error && error.code === 'EISDIR') {
    return (
      'Give the path of a .keras file. A folder may be a SavedModel of TensorFlow: load it in Keras 2 (pip install tf_keras), ' +
      'save it as model.h5, load that in Keras 3 and save it as model.keras.'
    )
  }
  // In a page, fetch throws the same error for a malformed address, a server that does not answer, and one that refuses.
  if (!(error instanceof TypeError)) return ''
  if (typeof location !== 'undefined')
    return 'Check the address, and that its server lets pages of other origins read the file (CORS).'
  return hasFiles() ? '' : "To read paths in Node, import loadModel from 'recurra/node'."
}
