// A reader of the part of HDF5 that Keras writes (h5py with its defaults): superblock 0, groups with a symbol table, object headers
// of version 1, data in one piece. All else, such as chunked or compressed data, is refused by name. Files are hostile until read:
// see FileBytes.
//
// https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html

import { readNumbers, type StoredArray } from '../storedArray.ts'
import { type Cursor, FileBytes } from './cursor.ts'
import { type Datatype, readDatatype } from './datatype.ts'
import { GlobalHeaps } from './globalHeaps.ts'
import { isHdf5, SIGNATURE } from './signature.ts'
import type { Hdf5Attribute, Hdf5Dataset, Hdf5Group, Hdf5Node } from './tree.ts'

/** Messages of object headers by their numbers. */
const DATASPACE = 0x01
const LINK_INFO = 0x02
const DATATYPE = 0x03
const LAYOUT = 0x08
const FILTERS = 0x0b
const ATTRIBUTE = 0x0c
const CONTINUATION = 0x10
const SYMBOL_TABLE = 0x11

/** Groups inside each other; Keras nests a few for each level of a model. */
const MOST_LEVELS = 200
const MOST_NAME_BYTES = 1024
const REWRITE =
  'Save the model again with Keras 3, or rewrite the file: h5repack --low=0 --high=0 -l CONTI -f NONE old.h5 new.h5.'

/**
 * Reads the groups of an HDF5 file; arrays and attributes are read when they are asked for.
 *
 * @param where The file's name in errors: `loadModel "model.keras", entry "model.weights.h5"`.
 * @throws {FormatError} for a damaged file, and for what Keras does not write.
 */
export const readHdf5 = async (where: string, bytes: Uint8Array): Promise<Hdf5Group> =>
  new Reader(where, bytes).root()

type Message = readonly [type: number, body: Cursor]

class Reader {
  readonly #file: FileBytes
  readonly #heaps: GlobalHeaps
  /** Addresses of the objects that were read: Keras links none twice, and so no cycle is one. */
  readonly #seen = new Set<number>()

  constructor(where: string, bytes: Uint8Array) {
    this.#file = new FileBytes(where, bytes)
    this.#heaps = new GlobalHeaps(this.#file)
  }

  root(): Hdf5Group {
    const file = this.#file
    if (!isHdf5(file.bytes)) file.fail('an HDF5 file', `${file.bytes.length} bytes that do not begin as one`)
    const superblock = file.part('superblock', 0, Math.min(96, file.bytes.length))
    superblock.skip(SIGNATURE.length)
    const version = superblock.u8()
    if (version !== 0) this.#refuse('superblock 0', `superblock ${version}, of libver="latest"`)
    superblock.skip(4)
    const sizes = [superblock.u8(), superblock.u8()]
    if (sizes.some((size) => size !== 8)) this.#refuse('addresses of 8 bytes', `${sizes.join(' and ')}`)
    // Sizes of nodes, flags, the base address, free space, the end, and the name of the root.
    superblock.skip(1 + 8 + 4 * 8 + 8)
    const node = this.#object('', superblock.length(), 0)
    return node.kind === 'group' ? node : file.fail('a group at the root', 'an array')
  }

  #refuse(expected: string, got: string): never {
    return this.#file.fail(expected, got, REWRITE)
  }

  #object(path: string, address: number, level: number): Hdf5Node {
    const at = path === '' ? 'the root' : `"${path}"`
    if (this.#seen.has(address)) this.#file.fail('each object in one place', `${at}, which is a second one`)
    this.#seen.add(address)
    const messages = this.#messages(address)
    const bodies = new Map(messages)
    const table = bodies.get(SYMBOL_TABLE)
    const attribute = (name: string): Hdf5Attribute | null => this.#attribute(path, messages, name)
    if (table) {
      if (level > MOST_LEVELS) this.#file.fail(`at most ${MOST_LEVELS} groups inside each other`, 'more')
      return { kind: 'group', path, attribute, children: this.#children(path, table, level) }
    }
    const [space, type, layout] = [bodies.get(DATASPACE), bodies.get(DATATYPE), bodies.get(LAYOUT)]
    if (!space || !type || !layout) {
      const got = bodies.has(LINK_INFO) ? 'one of libver="latest"' : 'an object of another kind'
      return this.#refuse(`a group or an array at ${at}`, got)
    }
    if (bodies.has(FILTERS)) this.#refuse(`data as they are at ${at}`, 'compressed ones')
    return this.#dataset(path, attribute, { space, type, layout })
  }

  /** The messages of an object's header, which goes on elsewhere where it says so. */
  #messages(address: number): Message[] {
    const head = this.#file.part('object header', address, 16)
    const version = head.u8()
    if (version !== 1) {
      if (version === 0x4f) this.#refuse('object headers of version 1', 'one of libver="latest"')
      this.#file.fail('an object header', `its version ${version}`)
    }
    head.skip(1)
    const count = head.u16()
    head.skip(4)
    const blocks: (readonly [at: number, size: number])[] = [[address + 16, head.u32()]]
    const messages: Message[] = []
    for (const [at, size] of blocks) {
      const block = this.#file.part('object header', at, size)
      while (block.left >= 8 && messages.length < count) {
        const type = block.u16()
        const length = block.u16()
        block.skip(4)
        const body = block.inner(length)
        messages.push([type, body])
        if (type === CONTINUATION) blocks.push([body.length(), body.length()])
      }
    }
    return messages
  }

  #children(path: string, table: Cursor, level: number): Map<string, Hdf5Node> {
    const [tree, heap] = [table.length(), table.length()]
    const head = this.#file.part('local heap', heap, 32)
    head.expect('HEAP')
    head.skip(4)
    const size = head.length()
    head.skip(8)
    const names = head.length()
    // Claims the names' bytes for this heap.
    this.#file.part('local heap', names, size)
    const nameAt = (offset: number): string =>
      this.#file.again('name', names + offset, Math.max(0, size - offset)).text(MOST_NAME_BYTES)
    const children = new Map<string, Hdf5Node>()
    for (const node of this.#symbolNodes(tree)) {
      for (let left = node.u16(); left > 0; left--) {
        const name = nameAt(node.length())
        const address = node.address()
        const cache = node.u32()
        node.skip(20)
        const inner = path === '' ? name : `${path}/${name}`
        if (cache === 2 || address === null) this.#refuse(`an object at "${inner}"`, 'a soft link')
        if (name === '' || children.has(name)) this.#file.fail('names that differ', `"${inner}" twice`)
        children.set(name, this.#object(inner, address, level + 1))
      }
    }
    return children
  }

  /** The leaves of a group's tree, which list its members. */
  *#symbolNodes(root: number): Generator<Cursor> {
    const ahead: (readonly [address: number, level: number | null])[] = [[root, null]]
    for (let next = ahead.pop(); next; next = ahead.pop()) {
      const [address, expected] = next
      if (expected === -1) {
        const head = this.#file.again('symbol table', address, 8)
        head.expect('SNOD')
        head.skip(2)
        const node = this.#file.part('symbol table', address, 8 + 40 * head.u16())
        node.skip(6)
        yield node
        continue
      }
      const head = this.#file.again('tree of a group', address, 24)
      head.expect('TREE')
      const [type, level, used] = [head.u8(), head.u8(), head.u16()]
      if (type !== 0 || (expected !== null && level !== expected))
        this.#file.fail('the tree of a group', `a node of type ${type} on level ${level}`)
      const node = this.#file.part('tree of a group', address, 24 + 16 * used + 8)
      node.skip(24)
      const below: (readonly [number, number])[] = []
      for (let i = 0; i < used; i++) {
        node.skip(8)
        below.push([node.length(), level - 1])
      }
      ahead.push(...below.reverse())
    }
  }

  #dataset(
    path: string,
    attribute: Hdf5Dataset['attribute'],
    { space, type, layout }: { readonly space: Cursor; readonly type: Cursor; readonly layout: Cursor },
  ): Hdf5Dataset {
    const shape = this.#shape(space)
    const datatype = readDatatype(type)
    const size = this.#sizeOf(shape, datatype)
    const bytes = this.#data(path, layout, size)
    return {
      kind: 'dataset',
      path,
      shape,
      attribute,
      read: (): StoredArray => {
        if (datatype.kind !== 'number')
          return this.#refuse(`numbers at "${path}"`, datatype.kind === 'other' ? datatype.name : 'texts')
        const { dtype } = datatype
        const data = readNumbers(dtype, bytes)
        if (data === null) return this.#file.fail(`integers below 2^53 at "${path}"`, 'larger ones')
        return { shape, dtype, data }
      },
    }
  }

  #shape(space: Cursor): number[] {
    const version = space.u8()
    const rank = space.u8()
    if (version !== 1 && version !== 2) this.#refuse('shapes of version 1 or 2', `version ${version}`)
    space.skip(1)
    const kind = space.u8()
    if (version === 2 && kind === 2) this.#refuse('shapes', 'an array without any')
    if (version === 1) space.skip(4)
    return Array.from({ length: rank }, () => space.length())
  }

  #sizeOf(shape: readonly number[], { size }: Datatype): number {
    return shape.reduce((product, extent) => product * extent, size)
  }

  /** The bytes of an array, which lie in one piece, or in its header. */
  #data(path: string, layout: Cursor, size: number): Uint8Array {
    const version = layout.u8()
    if (version !== 3) this.#refuse(`a layout of version 3 at "${path}"`, `version ${version}`)
    const kind = layout.u8()
    if (kind > 1) this.#refuse(`data in one piece at "${path}"`, kind === 2 ? 'chunks' : `layout ${kind}`)
    const address = kind === 0 ? null : layout.address()
    const stored = kind === 0 ? layout.u16() : layout.length()
    if (stored !== size && !(size === 0 && address === null))
      this.#file.fail(`${size} bytes at "${path}"`, `${stored}`)
    if (size === 0) return new Uint8Array(0)
    if (kind === 0) return layout.bytes(size)
    if (address === null) return this.#file.fail(`data at "${path}"`, 'none, which were never written')
    return this.#file.part('array', address, size).bytes(size)
  }

  #attribute(path: string, messages: readonly Message[], wanted: string): Hdf5Attribute | null {
    for (const [type, body] of messages) {
      if (type !== ATTRIBUTE) continue
      const cursor = body.copy()
      const version = cursor.u8()
      if (version < 1 || version > 3) this.#refuse('attributes of version 1 to 3', `version ${version}`)
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
      const shape = this.#shape(part(spaceBytes))
      const bytes = cursor.inner(this.#sizeOf(shape, datatype))
      return { shape, data: this.#values(`attribute "${wanted}" of "${path}"`, datatype, bytes) }
    }
    return null
  }

  #values(what: string, datatype: Datatype, cursor: Cursor): Hdf5Attribute['data'] {
    const { kind, size } = datatype
    if (kind === 'other') return this.#refuse(`numbers or texts in the ${what}`, datatype.name)
    if (kind === 'number') {
      const numbers = readNumbers(datatype.dtype, cursor.bytes(cursor.left))
      return numbers ?? this.#file.fail(`integers below 2^53 in the ${what}`, 'larger ones')
    }
    const texts: string[] = []
    while (cursor.left > 0 && size > 0)
      texts.push(kind === 'text' ? cursor.inner(size).text() : this.#heaps.text(cursor.inner(size)))
    return texts
  }
}
