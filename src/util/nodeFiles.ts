// Files by paths in Node, for `recurra/node`.

import { appendFile, type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { joined } from './bytes.ts'
import type { FilePieces, Piece } from './filePieces.ts'
import type { Files } from './files.ts'
import { isError } from './realms.ts'

/** The most bytes that one call reads: systems take 2³¹ − 1, or fewer. */
const MOST_AT_ONCE = 2 ** 30
/** Pieces that are smaller are gathered, so that a file of many small arrays is not as many calls. */
const GATHERED_BYTES = 2 ** 20

const pathOf = (path: string): string => (path.startsWith('file:') ? fileURLToPath(path) : path)

const inFolder = async (given: string): Promise<string> => {
  const path = pathOf(given)
  await mkdir(dirname(path), { recursive: true })
  return path
}

/** The bytes of a file, in as few calls as can be: Node's own readFile reads half a megabyte at a time. */
async function readWhole(path: string): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const stat = await file.stat()
    // Folders fail as they should, and pipes say no size.
    if (!stat.isFile() || stat.size === 0) return await file.readFile()
    const bytes = new Uint8Array(stat.size)
    let at = 0
    while (at < bytes.length) {
      const { bytesRead } = await file.read(bytes, at, Math.min(bytes.length - at, MOST_AT_ONCE), at)
      if (bytesRead === 0) break
      at += bytesRead
    }
    return bytes.subarray(0, at)
  } finally {
    await file.close()
  }
}

/** Pieces of a file, those that follow each other and are small in one. */
function* gathered(pieces: Iterable<Piece>): Generator<Piece> {
  let [at, size] = [0, 0]
  let held: Uint8Array[] = []
  for (const piece of pieces) {
    const { length } = piece.bytes
    const isLarge = length >= GATHERED_BYTES
    if (size > 0 && (isLarge || piece.at !== at + size || size + length > GATHERED_BYTES)) {
      yield { at, bytes: joined(held) }
      size = 0
      held = []
    }
    if (isLarge) yield piece
    else {
      if (size === 0) at = piece.at
      held.push(piece.bytes)
      size += length
    }
  }
  if (size > 0) yield { at, bytes: joined(held) }
}

async function writeAt(file: FileHandle, { at, bytes }: Piece): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done)
    done += bytesWritten
  }
}

/** Writes each piece while the next one is computed and the disk takes those before. */
async function writePieces(file: FileHandle, { pieces }: FilePieces): Promise<void> {
  const inTurn = gathered(pieces())
  let syncing: Promise<void> | null = null
  for (let piece = inTurn.next(); !piece.done; ) {
    const writing = writeAt(file, piece.value)
    // It is waited for below, unless the next piece cannot be computed.
    writing.catch(() => undefined)
    piece = inTurn.next()
    await writing
    if (piece.done) break
    // One that failed stays, and is thrown at the end.
    syncing ??= file.datasync().then(() => {
      syncing = null
    })
    syncing.catch(() => undefined)
  }
  await syncing
  await file.sync()
}

/** Writes a file beside its place and then moves it there, so that whoever reads it finds the old one or the new one. */
async function writeWhole(path: string, written: FilePieces): Promise<void> {
  const beside = `${path}.${process.pid}.part`
  try {
    const file = await open(beside, 'w')
    try {
      await writePieces(file, written)
    } finally {
      await file.close()
    }
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
}

export const nodeFiles: Files = {
  read: (path) =>
    readWhole(pathOf(path)).catch((error: unknown) => {
      if (isError(error) && error.code === 'ENOENT') return null
      throw error
    }),
  write: async (path, written) => writeWhole(await inFolder(path), written),
  append: async (path, bytes) => appendFile(await inFolder(path), bytes),
  remove: (path) => rm(pathOf(path), { recursive: true, force: true }),
  // Where Keras keeps them, too.
  kerasFolder: (kind) => join(process.env.KERAS_HOME || join(homedir(), '.keras'), kind),
}
