// Files that gzip compressed.

import { failFormat } from '../formats/formatError.ts'
import { MAX_EXPANSION } from '../formats/zip.ts'
import { messageOf } from '../util/realms.ts'

/**
 * The content of a gzip file.
 *
 * @throws {FormatError} if it is damaged.
 */
export async function gunzip(where: string, bytes: Uint8Array): Promise<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 18 || view.getUint16(0) !== 0x1f8b)
    return failFormat(where, { expected: 'a file compressed by gzip', got: `${bytes.length} other bytes` })
  // The last four bytes say how large the content is.
  const size = view.getUint32(bytes.length - 4, true)
  const most = bytes.length * MAX_EXPANSION
  if (size > most) failFormat(where, { expected: `at most ${most} bytes of content`, got: `${size}` })
  const { gunzipSync } = await import('fflate')
  try {
    const content = gunzipSync(bytes, { out: new Uint8Array(size) })
    if (content.length === size) return content
  } catch (error) {
    return failFormat(where, {
      expected: 'a file compressed by gzip',
      got: `data that does not inflate (${messageOf(error)})`,
      remedy: 'The file is damaged: copy or download it again.',
    })
  }
  return failFormat(where, { expected: `${size} bytes of content`, got: 'fewer' })
}
