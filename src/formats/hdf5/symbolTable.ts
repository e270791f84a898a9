// Groups of HDF5's older kind: a heap of names, and a tree whose leaves list names and addresses.

import type { Cursor, FileBytes } from './cursor.ts'

/** A member of a group. */
export type Link = readonly [name: string, address: number]

const MOST_NAME_BYTES = 1024

/** The members that a symbol table lists. */
export function symbolLinks(file: FileBytes, table: Cursor, failSoft: (name: string) => never): Link[] {
  const [tree, heap] = [table.length(), table.length()]
  const head = file.part('local heap', heap, 32)
  head.expect('HEAP')
  head.skip(4)
  const size = head.length()
  head.skip(8)
  const names = head.length()
  // Claims the names' bytes for this heap.
  file.part('local heap', names, size)
  const nameAt = (offset: number): string =>
    file.again('name', names + offset, Math.max(0, size - offset)).text(MOST_NAME_BYTES)
  const links: Link[] = []
  for (const node of symbolNodes(file, tree)) {
    for (let left = node.u16(); left > 0; left--) {
      const name = nameAt(node.length())
      const address = node.address()
      const cache = node.u32()
      node.skip(20)
      if (cache === 2 || address === null) failSoft(name)
      else links.push([name, address])
    }
  }
  return links
}

/** The leaves of a group's tree, which list its members. */
function* symbolNodes(file: FileBytes, root: number): Generator<Cursor> {
  const ahead: (readonly [address: number, level: number | null])[] = [[root, null]]
  for (let next = ahead.pop(); next; next = ahead.pop()) {
    const [address, expected] = next
    if (expected === -1) {
      const head = file.again('symbol table', address, 8)
      head.expect('SNOD')
      head.skip(2)
      const node = file.part('symbol table', address, 8 + 40 * head.u16())
      node.skip(6)
      yield node
      continue
    }
    const head = file.again('tree of a group', address, 24)
    head.expect('TREE')
    const [type, level, used] = [head.u8(), head.u8(), head.u16()]
    if (type !== 0 || (expected !== null && level !== expected))
      file.fail('the tree of a group', `a node of type ${type} on level ${level}`)
    const node = file.part('tree of a group', address, 24 + 16 * used + 8)
    node.skip(24)
    const below: (readonly [number, number])[] = []
    for (let i = 0; i < used; i++) {
      node.skip(8)
      below.push([node.length(), level - 1])
    }
    ahead.push(...below.reverse())
  }
}
