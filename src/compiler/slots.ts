// Which memory shares a slot: first fit, the largest block first. A tree over the nodes of a graph knows which slots are taken
// when, so that many blocks cost little more than each for itself.

/** Memory of a tensor, of its views, and of tensors that overwrite it in place. `first` and `last` are the nodes of its lifetime. */
export interface Block {
  readonly bytes: number
  first: number
  last: number
}

const ALIGNMENT = 256

/** Bytes of the slots, and the slot of each block: the first that is free during its lifetime. */
export function assignSlots(blocks: readonly Block[]): { slots: number[]; slotOf: Map<Block, number> } {
  const slots: number[] = []
  const slotOf = new Map<Block, number>()
  const taken = new TakenSlots(blocks.reduce((end, { last }) => Math.max(end, last + 1), 1))
  for (const block of [...blocks].sort((a, b) => b.bytes - a.bytes)) {
    const slot = taken.firstFree(block)
    slots[slot] ??= Math.max(Math.ceil(block.bytes / ALIGNMENT), 1) * ALIGNMENT
    taken.take(block, slot)
    slotOf.set(block, slot)
  }
  return { slots, slotOf }
}

/** A set of slots, a bit each. */
type Slots = number[]

/** Sets a bit of a word. Words before it are filled in, since arrays with holes are slow. */
function setBit(slots: Slots, word: number, bit: number): void {
  while (slots.length <= word) slots.push(0)
  slots[word] = (slots[word] ?? 0) | bit
}

/** A range of nodes: slots that are taken during all of it, and during some of it. */
interface Range {
  readonly all: Slots
  readonly some: Slots
}

/** Slots that are taken, by nodes: a binary tree of ranges, of which the one at `i` has those at 2i and 2i + 1. */
class TakenSlots {
  readonly #end: number
  readonly #ranges: Range[] = []

  /** @param end How many nodes there are. */
  constructor(end: number) {
    this.#end = 2 ** Math.ceil(Math.log2(end))
  }

  take(block: Block, slot: number): void {
    const [word, bit] = [slot >>> 5, 1 << (slot & 31)]
    this.#visit(block, (range, isWhole) => {
      setBit(range.some, word, bit)
      if (isWhole) setBit(range.all, word, bit)
    })
  }

  firstFree(block: Block): number {
    const found: Slots = []
    this.#visit(block, ({ all, some }, isWhole) => {
      const bits = isWhole ? some : all
      for (let word = 0; word < bits.length; word++) found[word] = (found[word] ?? 0) | (bits[word] ?? 0)
    })
    for (let word = 0; ; word++) {
      const free = ~(found[word] ?? 0)
      if (free !== 0) return 32 * word + 31 - Math.clz32(free & -free)
    }
  }

  /** Visits ranges from the whole down to those that make up a block's lifetime together; these, and no others, are whole. */
  #visit(
    block: Block,
    visit: (range: Range, isWhole: boolean) => void,
    index = 1,
    start = 0,
    length = this.#end,
  ): void {
    const { first, last } = block
    if (last < start || first >= start + length) return
    const isWhole = first <= start && start + length <= last + 1
    this.#ranges[index] ??= { all: [], some: [] }
    visit(this.#ranges[index] as Range, isWhole)
    if (isWhole) return
    const half = length / 2
    this.#visit(block, visit, 2 * index, start, half)
    this.#visit(block, visit, 2 * index + 1, start + half, half)
  }
}
