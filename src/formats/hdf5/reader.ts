// A reader of the part of HDF5 that Keras writes (h5py with its defaults): superblock 0, groups with a symbol table, object headers
// of version 1, data in one piece. What is beyond it, newerReader.ts reads, which is loaded with the first file that has some.
// Files are hostile until read: see FileBytes.
//
// https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html

import { readNumbers, type StoredArray } from '../storedArray.ts'
import { type Cursor, FileBytes } from './cursor.ts'
import { type Datatype, littleEndian, readDatatype } from './datatype.ts'
import { GlobalHeaps } from './globalHeaps.ts'
import { isHdf5, SIGNATURE } from './signature.ts'
import { type Link, symbolLinks } from './symbolTable.ts'
import type { Hdf5Attribute, Hdf5Dataset, Hdf5Group, Hdf5Node } from './tree.ts'

/** Messages of object headers by their numbers. */
const DATASPACE = 0x01
export const LINK_INFO = 0x02
const DATATYPE = 0x03
const LAYOUT = 0x08
const FILTERS = 0x0b
export const ATTRIBUTE = 0x0c
export const ATTRIBUTE_INFO = 0x15
export const CONTINUATION = 0x10
export const SYMBOL_TABLE = 0x11

/** Groups inside each other; Keras nests a few for each level of a model. */
const MOST_LEVELS = 200
const REWRITE =
  'Save the model again with Keras 3, or rewrite the file: h5repack --low=0 --high=0 -l CONTI -f NONE old.h5 new.h5.'

/** What no tool rewrites. */
export const NO_LINKS = 'Write the array itself there with h5py, and no link.'

/**
 * Reads the groups of an HDF5 file; arrays and attributes are read when they are asked for.
 *
 * @param where The file's name in errors: `loadModel "model.keras", entry "model.weights.h5"`.
 * @throws {FormatError} for a damaged file, and for what Keras does not write.
 */
export async function readHdf5(where: string, bytes: Uint8Array): Promise<Hdf5Group> {
  try {
    return new Reader(where, bytes).root()
  } catch (error) {
    if (!(error instanceof NewerLayout)) throw error
  }
  const { NewerReader } = await import('./newerReader.ts')
  return new NewerReader(where, bytes).root()
}

/** Thrown where a file goes beyond the part of HDF5 that is read here. */
class NewerLayout extends Error {}

/** The messages that describe an array. */
export interface ArrayMessages {
  readonly space: Cursor
  readonly type: Cursor
  readonly layout: Cursor
  readonly filters: Cursor | undefined
}

/** What is known of an array before its numbers are found. */
export interface ArrayPlace {
  readonly path: string
  readonly shape: readonly number[]
  /** Bytes of all its elements, and of one. */
  readonly size: number
  readonly elementSize: number
  readonly filters: Cursor | undefined
}

/** A message of an object's header. */
export type Message = readonly [type: number, body: Cursor]

export class Reader {
  protected readonly file: FileBytes
  readonly #heaps: GlobalHeaps
  /** Addresses of the objects that were read: Keras links none twice, and so no cycle is one. */
  readonly #seen = new Set<number>()

  constructor(where: string, bytes: Uint8Array) {
    this.file = new FileBytes(where, bytes)
    this.#heaps = new GlobalHeaps(this.file)
  }

  root(): Hdf5Group {
    const { file } = this
    if (!isHdf5(file.bytes)) file.fail('an HDF5 file', `${file.bytes.length} bytes that do not begin as one`)
    const node = this.object('', this.rootAddress(), 0)
    return node.kind === 'group' ? node : file.fail('a group at the root', 'an array')
  }

  /** The address of the root's header, which the superblock has. */
  protected rootAddress(): number {
    const superblock = this.file.part('superblock', 0, Math.min(96, this.file.bytes.length))
    superblock.skip(SIGNATURE.length)
    if (superblock.u8() !== 0) this.beyond()
    superblock.skip(4)
    this.checkSizes(superblock)
    // Sizes of nodes, flags, the base address, free space, the end, and the name of the root.
    superblock.skip(1 + 8 + 4 * 8 + 8)
    return superblock.length()
  }

  protected checkSizes(superblock: Cursor): void {
    const sizes = [superblock.u8(), superblock.u8()]
    if (sizes.some((size) => size !== 8)) this.refuse('addresses of 8 bytes', `${sizes.join(' and ')}`)
  }

  /** Gives up the file to the reader of newer layouts. */
  protected beyond(): never {
    throw new NewerLayout()
  }

  protected refuse(expected: string, got: string, remedy = REWRITE): never {
    return this.file.fail(expected, got, remedy)
  }

  protected object(path: string, address: number, level: number): Hdf5Node {
    const at = path === '' ? 'the root' : `"${path}"`
    if (this.#seen.has(address))
      this.refuse('each object in one place', `a second link to one, ${at}`, NO_LINKS)
    this.#seen.add(address)
    const messages = this.messages(address)
    const bodies = new Map(messages)
    const attribute = (name: string): Hdf5Attribute | null => this.#attribute(path, messages, name)
    const links = this.links(path, messages)
    if (links) {
      if (level > MOST_LEVELS) this.file.fail(`at most ${MOST_LEVELS} groups inside each other`, 'more')
      const children = new Map<string, Hdf5Node>()
      for (const [name, address] of links) {
        const inner = path === '' ? name : `${path}/${name}`
        if (name === '' || children.has(name)) this.file.fail('names that differ', `"${inner}" twice`)
        children.set(name, this.object(inner, address, level + 1))
      }
      return { kind: 'group', path, attribute, children }
    }
    const [space, type, layout] = [bodies.get(DATASPACE), bodies.get(DATATYPE), bodies.get(LAYOUT)]
    if (!space || !type || !layout)
      return this.refuse(`a group or an array at ${at}`, 'an object of another kind')
    return this.dataset(path, attribute, { space, type, layout, filters: bodies.get(FILTERS) })
  }

  /** The messages of an object's header, which goes on elsewhere where it says so. */
  protected messages(address: number): Message[] {
    const head = this.file.part('object header', address, 16)
    const version = head.u8()
    // A header of version 2 begins with letters.
    if (version === 0x4f) this.beyond()
    if (version !== 1) this.file.fail('an object header', `its version ${version}`)
    head.skip(1)
    const count = head.u16()
    head.skip(4)
    const blocks: (readonly [at: number, size: number])[] = [[address + 16, head.u32()]]
    const messages: Message[] = []
    for (const [at, size] of blocks) {
      const block = this.file.part('object header', at, size)
      while (block.left >= 8 && messages.length < count) {
        const type = block.u16()
        const length = block.u16()
        this.checkFlags(block.u8())
        block.skip(3)
        const body = block.inner(length)
        messages.push([type, body])
        if (type === CONTINUATION) blocks.push([body.length(), body.length()])
      }
    }
    return messages
  }

  /** @param flags Those of a message in an object's header. */
  protected checkFlags(flags: number): void {
    if (flags & 2) this.refuse('messages in their headers', 'one that several share, such as a named type')
  }

  /** The members of a group, by their names; null where the object is none. */
  protected links(path: string, messages: readonly Message[]): readonly Link[] | null {
    const bodies = new Map(messages)
    const table = bodies.get(SYMBOL_TABLE)
    if (bodies.has(LINK_INFO) || bodies.has(ATTRIBUTE_INFO) || bodies.has(FILTERS)) this.beyond()
    return table ? this.linksOf(path, table) : null
  }

  /** The members that a symbol table lists. */
  protected linksOf(path: string, table: Cursor): Link[] {
    return symbolLinks(this.file, table, (name) =>
      this.refuse(`an object at "${path === '' ? name : `${path}/${name}`}"`, 'a soft link', NO_LINKS),
    )
  }

  protected dataset(
    path: string,
    attribute: Hdf5Dataset['attribute'],
    { space, type, layout, filters }: ArrayMessages,
  ): Hdf5Dataset {
    const shape = this.shape(space)
    const datatype = readDatatype(type)
    const size = this.sizeOf(shape, datatype)
    const bytes = this.data({ path, size, shape, filters, elementSize: datatype.size }, layout)
    // Kept, since a list of weights may name one array many times.
    let stored: StoredArray | undefined
    return {
      kind: 'dataset',
      path,
      shape,
      attribute,
      read: (): StoredArray => {
        if (stored) return stored
        if (datatype.kind !== 'number')
          return this.refuse(`numbers at "${path}"`, datatype.kind === 'other' ? datatype.name : 'texts')
        const { dtype } = datatype
        const data = readNumbers(dtype, littleEndian(datatype, bytes))
        if (data === null) return this.file.fail(`integers below 2^53 at "${path}"`, 'larger ones')
        stored = { shape, dtype, data, isCopy: data.buffer !== bytes.buffer }
        return stored
      },
    }
  }

  protected shape(space: Cursor): number[] {
    const version = space.u8()
    const rank = space.u8()
    if (version !== 1 && version !== 2) this.refuse('shapes of version 1 or 2', `version ${version}`)
    space.skip(1)
    const kind = space.u8()
    if (version === 2 && kind === 2) this.refuse('shapes', 'an array without any')
    if (version === 1) space.skip(4)
    return Array.from({ length: rank }, () => space.length())
  }

  protected sizeOf(shape: readonly number[], { size }: Datatype): number {
    return shape.reduce((product, extent) => product * extent, size)
  }

  /** The bytes of an array, which lie in one piece, or in its header. */
  protected data({ path, size }: ArrayPlace, layout: Cursor): Uint8Array {
    const version = layout.u8()
    const kind = layout.u8()
    if (version !== 3 || kind > 1) this.beyond()
    return this.dataInOnePiece({ path, size }, kind, layout)
  }

  /** @param kind 0 for data in the header, 1 for data elsewhere. */
  protected dataInOnePiece(
    { path, size }: Pick<ArrayPlace, 'path' | 'size'>,
    kind: number,
    layout: Cursor,
  ): Uint8Array {
    const address = kind === 0 ? null : layout.address()
    const stored = kind === 0 ? layout.u16() : layout.length()
    if (stored !== size && !(size === 0 && address === null))
      this.file.fail(`${size} bytes at "${path}"`, `${stored}`)
    if (size === 0) return new Uint8Array(0)
    if (kind === 0) return layout.bytes(size)
    if (address === null)
      return this.refuse(`data at "${path}"`, 'none: never written, or those of another file')
    return this.file.part('array', address, size).bytes(size)
  }

  #attribute(path: string, messages: readonly Message[], wanted: string): Hdf5Attribute | null {
    for (const [type, body] of messages) {
      if (type !== ATTRIBUTE) continue
      const cursor = body.copy()
      const version = cursor.u8()
      if (version < 1 || version > 3) this.refuse('attributes of version 1 to 3', `version ${version}`)
      cursor.skip(1)
      const [nameBytes, typeBytes, spaceBytes] = [cursor.u16(), cursor.u16(), cursor.u16()]
      if (version === 3) cursor.skip(1)
      const part = (bytes: number): Cursor => {
        const inner = cursor.inner(bytes)
        if (version === 1) cursor.skip(Math.min(-bytes & 7, cursor.left))
        return inner
      }
      const name = part(nameBytes)
      if (name.text() !== wanted) continue
      const datatype = readDatatype(part(typeBytes))
      const shape = this.shape(part(spaceBytes))
      const bytes = cursor.inner(this.sizeOf(shape, datatype))
      return { shape, data: this.#values(`attribute "${wanted}" of "${path}"`, datatype, bytes) }
    }
    return null
  }

  #values(what: string, datatype: Datatype, cursor: Cursor): Hdf5Attribute['data'] {
    const { kind, size } = datatype
    if (kind === 'other') return this.refuse(`numbers or texts in the ${what}`, datatype.name)
    if (kind === 'number') {
      const numbers = readNumbers(datatype.dtype, littleEndian(datatype, cursor.bytes(cursor.left)))
      return numbers ?? this.file.fail(`integers below 2^53 in the ${what}`, 'larger ones')
    }
    const texts: string[] = []
    while (cursor.left > 0 && size > 0)
      texts.push(kind === 'text' ? cursor.inner(size).text() : this.#heaps.text(cursor.inner(size)))
    return texts
  }
}
