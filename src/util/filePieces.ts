// Files in pieces, in which they are written: what a model has in its memory is not put together first.

import { sizeOfBytes } from './bytes.ts'

/** Bytes of a file, and where in it they lie. */
export interface Piece {
  readonly at: number
  readonly bytes: Uint8Array
}

/** A file to be written. */
export interface FilePieces {
  /** In bytes. */
  readonly size: number
  /** What lies where, each piece when it is asked for. What depends on others, such as a checksum in front of them, comes behind these. */
  pieces(): Iterable<Piece>
}

/** How much of an array is a piece: so much that its work is worth a call, and so little that the work goes on beside the next one's. */
const PIECE_BYTES = 2 ** 23

/** Bytes that are more than one piece in several. */
export function* piecesOf(bytes: Uint8Array, at: number): Generator<Piece> {
  for (let i = 0; i < bytes.length; i += PIECE_BYTES)
    yield { at: at + i, bytes: bytes.subarray(i, i + PIECE_BYTES) }
}

/** A file of arrays, one behind the other. */
export const inOrder = (arrays: readonly Uint8Array[]): FilePieces => ({
  size: sizeOfBytes(arrays),
  *pieces() {
    let at = 0
    for (const bytes of arrays) {
      yield* piecesOf(bytes, at)
      at += bytes.length
    }
  },
})

/** @internal All of a file in one array. */
export function whole({ size, pieces }: FilePieces): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(size)
  for (const { at, bytes } of pieces()) all.set(bytes, at)
  return all
}

/** A file as a Blob, which copies its pieces by itself. */
export function blobOf({ pieces }: FilePieces): Blob {
  const inPlace = [...pieces()].sort((a, b) => a.at - b.at)
  return new Blob(inPlace.map(({ bytes }) => bytes as Uint8Array<ArrayBuffer>))
}
