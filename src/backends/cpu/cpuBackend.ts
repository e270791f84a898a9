// The CPU backend, for the operations that it is given. Its buffers lie in a WebAssembly memory if the engine has WebAssembly, so
// that compiled operations need no copies.

import { type Backend, CPU_TRAITS } from '../backend.ts'
import { SlotPool } from '../slotPool.ts'
import { CpuBuffer, CpuExecutable, pieceOf } from './executable.ts'
import { separateHeap } from './heap.ts'
import { pause } from './pause.ts'
import { type FindSide, sidesOf } from './sides.ts'
import type { Wasm } from './wasm.ts'

/** Milliseconds of work between two turns of the event loop. */
const SLICE = 12

/**
 * @param compiled The compiled functions and their memory; null for plain JavaScript.
 * @param find Finds the CPU sides of the operations of plans.
 */
export function cpuBackend(compiled: Wasm | null, find: FindSide): Backend {
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
    async read(from, bytes) {
      const { buffer, address } = pieceOf(from)
      return buffer.slice(address, address + bytes)
    },
    copy(from, to, bytes) {
      const [source, target] = [pieceOf(from), pieceOf(to)]
      new Uint8Array(target.buffer, target.address, bytes).set(
        new Uint8Array(source.buffer, source.address, bytes),
      )
    },
    load: async (plan, arena, slots = new SlotPool({ createBuffer })) => {
      const sides = sidesOf(plan, find)
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
