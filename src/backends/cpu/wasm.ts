// The compiled operations: instantiated once for each backend, with the backend's memory.

import type { Assembly } from '../../graph/assembly.ts'
import { WasmHeap } from './heap.ts'

export interface Wasm {
  readonly assembly: Assembly
  readonly heap: WasmHeap
  readonly isRelaxed: boolean
}

/** Pages of memory at the start: room for what the module packs and for small models. */
const INITIAL_PAGES = 32

/** A module that does nothing but `f32x4.relaxed_madd` on three vectors of zeros. */
const RELAXED_PROBE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  // one type, () → (), and one function of it
  ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00, 0x03, 0x02, 0x01, 0x00],
  // its body: three times i32.const 0, i8x16.splat; then f32x4.relaxed_madd, drop, end
  ...[0x0a, 0x14, 0x01, 0x12, 0x00],
  ...[0x41, 0x00, 0xfd, 0x0f, 0x41, 0x00, 0xfd, 0x0f, 0x41, 0x00, 0xfd, 0x0f],
  ...[0xfd, 0x85, 0x02, 0x1a, 0x0b],
)

/** What operations may run in, each beside those before it. */
export type Code = 'JavaScript' | 'SIMD' | 'relaxed SIMD'

/**
 * The module with a memory of its own, of the best code that the engine has among those allowed, or null where WebAssembly or
 * its SIMD is missing or forbidden.
 */
export async function instantiate(allowed: Exclude<Code, 'JavaScript'>): Promise<Wasm | null> {
  if (typeof WebAssembly === 'undefined') return null
  const isRelaxed = allowed === 'relaxed SIMD' && WebAssembly.validate(RELAXED_PROBE)
  const { code } = await (isRelaxed ? import('./relaxedSimd.gen.ts') : import('./simd.gen.ts'))
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: 65536 })
  try {
    const { instance } = await WebAssembly.instantiate(decode(code), { env: { memory } })
    // The module's exports are what its source says; this is the one seam between the two.
    const assembly = instance.exports as unknown as Assembly
    return { assembly, heap: new WasmHeap(memory, assembly.heapBase.value), isRelaxed }
  } catch {
    // An engine without SIMD, or a page whose content security policy has no 'wasm-unsafe-eval'.
    return null
  }
}

const decode = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
