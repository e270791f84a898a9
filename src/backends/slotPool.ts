// Memory for intermediate results. Steps run one after another and leave nothing in their slots, so all plans of a model share
// one pool of slots. Each slot is as large as the largest that a plan needs.

import { type Plan, slotName } from '../compiler/plan.ts'
import type { Backend, DeviceBuffer } from './backend.ts'

/** Returns the buffer of a name: of an arena, or with a lease of a slot, too. */
export type Memory = (name: string) => DeviceBuffer

/** The slots of one plan while it is loaded. */
export interface SlotLease {
  /** The plan's present memory. */
  readonly memory: Memory
  /** Ends the lease: slots that no other plan needs are freed. */
  release(): void
}

interface Lease {
  readonly sizes: readonly number[]
  /** Called with the new buffer of a slot when it has been replaced. */
  readonly onMove: (name: string, slot: DeviceBuffer) => void
}

export class SlotPool {
  readonly #backend: Pick<Backend, 'createBuffer'>
  readonly #slots = new Map<string, DeviceBuffer>()
  readonly #leases = new Set<Lease>()
  /** Leases resize slots one after another. */
  #moves: Promise<unknown> = Promise.resolve()

  constructor(backend: Pick<Backend, 'createBuffer'>) {
    this.#backend = backend
  }

  /**
   * Leases slots to a plan. If slots must grow, the other plans are told of the new ones once the device has accepted them.
   *
   * @param arena The memory of all other names.
   * @throws {RecurraError} if the device refuses the memory; all slots are unchanged then.
   */
  async lease(plan: Pick<Plan, 'slots'>, arena: Memory, onMove: Lease['onMove']): Promise<SlotLease> {
    const lease: Lease = { sizes: plan.slots, onMove }
    this.#leases.add(lease)
    const release = (): void => this.#release(lease)
    try {
      await this.#inTurn(() => this.#resize(lease.sizes.map((bytes, index) => [slotName(index), bytes])))
    } catch (error) {
      release()
      throw error
    }
    return { memory: (name) => this.#slots.get(name) ?? arena(name), release }
  }

  #inTurn(move: () => Promise<void>): Promise<void> {
    const moved = this.#moves.then(move)
    this.#moves = moved.catch(() => undefined)
    return moved
  }

  /** Replaces slots that are smaller than asked for, or more than twice as large as any plan needs. */
  async #resize(asked: readonly (readonly [name: string, bytes: number])[]): Promise<void> {
    const made = asked.flatMap(([name, bytes]): [string, DeviceBuffer][] => {
      const has = this.#slots.get(name)?.bytes ?? 0
      const needs = Math.max(bytes, this.#needs(name))
      return has >= bytes && has <= 2 * needs ? [] : [[name, this.#backend.createBuffer(name, needs)]]
    })
    try {
      await Promise.all(made.map(([, slot]) => slot.accepted()))
    } catch (error) {
      for (const [, slot] of made) slot.destroy()
      throw error
    }
    for (const [name, slot] of made) {
      this.#slots.get(name)?.destroy()
      this.#slots.set(name, slot)
      for (const lease of this.#leases) if (sizeIn(lease, name) > 0) lease.onMove(name, slot)
    }
    this.#freeUnneeded()
  }

  #needs(name: string): number {
    return Math.max(0, ...[...this.#leases].map((lease) => sizeIn(lease, name)))
  }

  #freeUnneeded(): void {
    for (const [name, slot] of this.#slots) {
      if (this.#needs(name) > 0) continue
      slot.destroy()
      this.#slots.delete(name)
    }
  }

  #release(lease: Lease): void {
    if (!this.#leases.delete(lease)) return
    this.#freeUnneeded()
    // Slots that were large for this plan alone shrink, if the device has the memory for smaller copies.
    const left = [...this.#slots.keys()].map((name): [string, number] => [name, 0])
    if (left.length > 0) this.#inTurn(() => this.#resize(left)).catch(() => undefined)
  }
}

const sizeIn = ({ sizes }: Lease, name: string): number =>
  sizes[Number(name.slice(name.indexOf(':') + 1))] ?? 0
