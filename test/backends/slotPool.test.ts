/** Slots that plans share: as large as the largest that one asks for, moved for all at once, and freed with the last. */
import { expect, test } from 'vitest'
import type { DeviceBuffer } from '../../src/backends/backend.ts'
import { type SlotLease, SlotPool } from '../../src/backends/slotPool.ts'

class Memory {
  readonly taken = new Set<DeviceBuffer>()
  /** Buffers of more bytes are refused, as a device does: afterwards. */
  most = Number.POSITIVE_INFINITY

  createBuffer(label: string, bytes: number): DeviceBuffer {
    const isRefused = bytes > this.most
    const buffer: DeviceBuffer = {
      get bytes() {
        return isRefused ? 0 : bytes
      },
      async accepted() {
        if (isRefused) throw new Error(`${label} is refused`)
      },
      destroy: () => void this.taken.delete(buffer),
    }
    this.taken.add(buffer)
    return buffer
  }

  get sizes(): number[] {
    return [...this.taken].map(({ bytes }) => bytes).sort((a, b) => b - a)
  }
}

const arena = (): never => expect.fail('no arena is asked for')

/** A plan's slots, as it knows them. */
async function lease(pool: SlotPool, slots: readonly number[]): Promise<SlotLease & { seen(): number[] }> {
  const moved = new Map<string, DeviceBuffer>()
  const found = await pool.lease({ slots }, arena, (name, slot) => moved.set(name, slot))
  const seen = () => slots.map((_, i) => moved.get(`slot:${i}`)?.bytes ?? 0)
  for (const [i] of slots.entries()) moved.set(`slot:${i}`, found.memory(`slot:${i}`))
  return { ...found, seen }
}

test('plans share slots, which grow for all and shrink again', async () => {
  const memory = new Memory()
  const pool = new SlotPool(memory)
  const small = await lease(pool, [256, 128])
  const [large, other] = await Promise.all([lease(pool, [4096, 64, 32]), lease(pool, [1024, 512])])
  expect(memory.sizes).toEqual([4096, 512, 32])
  expect([small.seen(), large.seen(), other.seen()]).toEqual([
    [4096, 512],
    [4096, 512, 32],
    [4096, 512],
  ])
  large.release()
  const later = await lease(pool, [16])
  expect(memory.sizes).toEqual([1024, 512])
  expect(small.seen()).toEqual([1024, 512])
  for (const { release } of [small, other, later, large]) release()
  expect(memory.sizes).toEqual([])
})

test('what a device refuses leaves other plans where they are', async () => {
  const memory = new Memory()
  const pool = new SlotPool(memory)
  const small = await lease(pool, [256, 128])
  memory.most = 1000
  await expect(lease(pool, [512, 2048])).rejects.toThrow('slot:1 is refused')
  expect(small.seen()).toEqual([256, 128])
  expect(memory.sizes).toEqual([256, 128])
  await lease(pool, [512, 1000])
  expect(small.seen()).toEqual([512, 1000])
})
