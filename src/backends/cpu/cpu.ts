// The CPU backend. Its buffers lie in a WebAssembly memory if the engine has WebAssembly, so that compiled operations need no
// copies.

import { type Backend, CPU_TRAITS } from '../backend.ts'
import { SlotPool } from '../slotPool.ts'
import { CpuBuffer, CpuExecutable, pieceOf } from './executable.ts'
import { separateHeap } from './heap.ts'
import { pause } from './pause.ts'
import { type CpuSideTable, sidesOf } from './sides.ts'
import { type Code, instantiate } from './wasm.ts'

/** Milliseconds of work between two turns of the event loop. */
const SLICE = 12

/**
 * @param allowed The best code that operations may use; if the engine does not have it, they use the best that it has.
 * @param others CPU sides of operations that cpuSides.ts does not list, by their names.
 */
export async function createCpuBackend(
  allowed: Code = 'relaxed SIMD',
  others: CpuSideTable = {},
): Promise<Backend> {
  const compiled = allowed === 'JavaScript' ? null : await instantiate(allowed)
  const heap = compiled?.heap ?? separateHeap
  const functionOf = compiled?.functionOf ?? null
  const how = compiled ? `WebAssembly ${compiled.isRelaxed ? 'relaxed ' : ''}SIMD` : 'JavaScript'
  let lastPause = now()
  const createBuffer = (_label: string, bytes: number): CpuBuffer => new CpuBuffer(heap.allocate(bytes))
  return {
    info: { backend: 'cpu', description: `CPU (${how})`, adapter: null },
    traits: CPU_TRAITS,
    createBuffer,
    write(to, byteOffset, data) {
      const { buffer, address } = pieceOf(to)
      new Uint8Array(buffer).set(
        new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
        address + byteOffset,
      )
    },
    async read(from, byteOffset, bytes) {
      const { buffer, address } = pieceOf(from)
      return buffer.slice(address + byteOffset, address + byteOffset + bytes)
    },
    copy(from, to, bytes) {
      const [source, target] = [pieceOf(from), pieceOf(to)]
      new Uint8Array(target.buffer, target.address, bytes).set(
        new Uint8Array(source.buffer, source.address, bytes),
      )
    },
    load: async (plan, arena, slots = new SlotPool({ createBuffer })) => {
      const sides = sidesOf(plan, others)
      return CpuExecutable.load(plan, { sides, heap, functionOf, arena, slots })
    },
    async ready() {
      if (now() - lastPause < SLICE) return
      await pause()
      lastPause = now()
    },
    check() {},
    isVolatile: false,
    isWorking: true,
    watch: () => () => undefined,
    setInUse() {},
    dispose() {},
  }
}

const now = (): number => performance.now()
