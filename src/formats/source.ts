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
  if (readPath && (isPath || (source instanceof URL && source.protocol === 'file:')))
    return readPath(String(source))
  let response: Response
  try {
    response = await fetch(source)
  } catch (error) {
    throw new RecurraError(
      `${where}: expected to read ${source}, got: ${error instanceof Error ? error.message : String(error)}.`,
      { cause: error },
    )
  }
  if (!response.ok) fail(where, { expected: `a file at ${source}`, got: `status ${response.status}` })
  return new Uint8Array(await response.arrayBuffer())
}
