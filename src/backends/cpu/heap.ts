// Memory of the CPU backend: pieces of one WebAssembly memory, which compiled operations can address; or separate arrays if the
// engine has no WebAssembly.

import { fail } from '../../errors.ts'

/** An allocation, initially zero. */
export interface Piece {
  /** The memory that now contains the piece; it may change, see {@link Heap.generation}. */
  readonly buffer: ArrayBuffer
  readonly address: number
  readonly bytes: number
  free(): void
}

export interface Heap {
  /** Number of times that the memory grew, which detaches all arrays over pieces. */
  readonly generation: number
  allocate(bytes: number): Piece
}

/** A heap whose pieces are separate arrays. */
export const separateHeap: Heap = {
  generation: 0,
  allocate: (bytes) => ({ buffer: new ArrayBuffer(bytes), address: 0, bytes, free: () => undefined }),
}

const PAGE = 65536
const MAX_PAGES = 65536
/** Alignment of pieces in bytes, and of padding behind them: vector code may read past the end of a piece. */
const ALIGNMENT = 64

interface Gap {
  address: number
  bytes: number
}

/** Pieces of a WebAssembly memory, first fit. */
export class WasmHeap implements Heap {
  generation = 0
  readonly #memory: WebAssembly.Memory
  /** Free ranges, by address. */
  readonly #gaps: Gap[] = []
  #end: number
  // Frees the pieces of a model that was garbage-collected without dispose.
  readonly #dropped = new FinalizationRegistry<Gap>((gap) => this.#release(gap))

  /** @param start The end of the module's static data. */
  constructor(memory: WebAssembly.Memory, start: number) {
    this.#memory = memory
    this.#end = memory.buffer.byteLength
    this.#release({ address: align(start), bytes: this.#end - align(start) })
  }

  allocate(bytes: number): Piece {
    const taken = { address: 0, bytes: align(bytes) + ALIGNMENT }
    taken.address = this.#take(taken.bytes)
    const memory = this.#memory
    new Uint8Array(memory.buffer, taken.address, taken.bytes).fill(0)
    const { address } = taken
    let isFree = false
    const piece: Piece = {
      get buffer() {
        return memory.buffer
      },
      address,
      bytes,
      free: () => {
        if (isFree) return
        isFree = true
        this.#dropped.unregister(taken)
        this.#release(taken)
      },
    }
    this.#dropped.register(piece, taken, taken)
    return piece
  }

  #take(bytes: number): number {
    let index = this.#gaps.findIndex((gap) => gap.bytes >= bytes)
    if (index < 0) {
      this.#grow(bytes)
      index = this.#gaps.length - 1
    }
    const gap = this.#gaps[index] as Gap
    const { address } = gap
    gap.address += bytes
    gap.bytes -= bytes
    if (gap.bytes === 0) this.#gaps.splice(index, 1)
    return address
  }

  #release({ address, bytes }: Gap): void {
    let index = this.#gaps.findIndex((gap) => gap.address > address)
    if (index < 0) index = this.#gaps.length
    this.#gaps.splice(index, 0, { address, bytes })
    for (const left of [index, index - 1]) {
      const [a, b] = [this.#gaps[left], this.#gaps[left + 1]]
      if (!a || !b || a.address + a.bytes !== b.address) continue
      a.bytes += b.bytes
      this.#gaps.splice(left + 1, 1)
    }
  }

  #grow(bytes: number): void {
    const pages = this.#end / PAGE
    // Grows by at least a quarter, so that it happens rarely.
    const wanted = Math.max(Math.ceil(bytes / PAGE), Math.ceil(pages / 4))
    const added = Math.min(wanted, MAX_PAGES - pages)
    try {
      if (added * PAGE < bytes) throw new RangeError()
      this.#memory.grow(added)
    } catch {
      fail('CPU backend', {
        expected: `${bytes} bytes more of memory`,
        got: `none beside the ${this.#end} bytes in use, of 4 GiB at most`,
        remedy:
          'Use a smaller batch size, fewer units or less data at once, and dispose models that are done.',
      })
    }
    this.generation++
    this.#release({ address: this.#end, bytes: added * PAGE })
    this.#end += added * PAGE
  }
}

const align = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT
