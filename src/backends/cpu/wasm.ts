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

/** The module with a memory of its own, or null where WebAssembly or its SIMD is missing or forbidden. */
export async function instantiate(): Promise<Wasm | null> {
  if (typeof WebAssembly === 'undefined') return null
  const { simd, relaxedSimd } = await import('./assembly.gen.ts')
  const relaxed = decode(relaxedSimd)
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: 65536 })
  try {
    const isRelaxed = WebAssembly.validate(relaxed)
    const { instance } = await WebAssembly.instantiate(isRelaxed ? relaxed : decode(simd), {
      env: { memory },
    })
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
