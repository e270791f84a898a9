// Where a model file comes from: bytes, a Blob, a URL; in Node also a path.

import { describeValue, fail, RecurraError } from '../errors.ts'

/** What `loadModel` reads. A string is a URL, or in Node a path. */
export type ModelSource = Uint8Array | ArrayBuffer | Blob | URL | string

type PathReader = (path: string) => Promise<Uint8Array>
let readPath: PathReader | null = null

/** Lets strings that are no URLs be read as paths; `recurra/node` sets it. */
export function setPathReader(reader: PathReader): void {
  readPath = reader
}

export async function readSource(source: ModelSource, where: string): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source
  if (source instanceof ArrayBuffer) return new Uint8Array(source)
  if (source instanceof Blob) return new Uint8Array(await source.arrayBuffer())
  if (source instanceof URL || typeof source === 'string') return readText(source, where)
  return fail(where, { expected: 'bytes, a Blob, a URL or a path', got: describeValue(source) })
}

async function readText(source: URL | string, where: string): Promise<Uint8Array> {
  const isPath = typeof source === 'string' && !/^(https?|data|blob):/.test(source)
  const isFile = isPath || (source instanceof URL && source.protocol === 'file:')
  try {
    if (readPath && isFile) return await readPath(String(source))
    const response = await fetch(source)
    if (response.ok) return new Uint8Array(await response.arrayBuffer())
    return fail(where, { expected: `a file at ${source}`, got: `status ${response.status}` })
  } catch (error) {
    if (error instanceof RecurraError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new RecurraError(`${where}: expected a file that can be read, got: ${reason}.`, { cause: error })
  }
}
