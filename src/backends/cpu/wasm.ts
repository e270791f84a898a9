// The WebAssembly module of compiled operations, instantiated for each backend with the backend's memory.

import { WasmHeap } from './heap.ts'

/** A compiled operation; each function takes the address of a call (calls.ts). */
export interface CompiledFunction {
  run(call: number): void
  /** Whether the function supports a call, by its scalars; by default it supports all. */
  readonly covers: ((call: number) => number) | undefined
  /** Bytes of working memory for a call, by its scalars; none by default. */
  readonly scratch: ((call: number) => number) | undefined
}

export interface Wasm {
  /** The compiled function of a name that an operation gives. */
  readonly functionOf: (name: string) => CompiledFunction
  readonly heap: WasmHeap
  readonly isRelaxed: boolean
}

/** Initial pages of memory: enough for small models. */
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

/** Kinds of code, each a superset of those before it. */
export type Code = 'JavaScript' | 'SIMD' | 'relaxed SIMD'

/**
 * Instantiates the module with a new memory, as the best code that is allowed and that the engine has; null if WebAssembly or its
 * SIMD is missing or forbidden.
 */
export async function instantiate(allowed: Exclude<Code, 'JavaScript'>): Promise<Wasm | null> {
  if (typeof WebAssembly === 'undefined') return null
  const isRelaxed = allowed === 'relaxed SIMD' && WebAssembly.validate(RELAXED_PROBE)
  const { code } = await (isRelaxed ? import('./relaxedSimd.gen.ts') : import('./simd.gen.ts'))
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: 65536 })
  try {
    const { instance } = await WebAssembly.instantiate(decode(code), { env: { memory } })
    const { heapBase } = instance.exports
    const heap = new WasmHeap(memory, (heapBase as WebAssembly.Global).value)
    return { functionOf: (name) => functionOf(instance.exports, name), heap, isRelaxed }
  } catch {
    // An engine without SIMD, or a page whose content security policy has no 'wasm-unsafe-eval'.
    return null
  }
}

/** The exports of a name. The casts are safe because the module is generated from assembly/index.ts. */
function functionOf(exports: WebAssembly.Exports, name: string): CompiledFunction {
  const run = exports[name] as CompiledFunction['run'] | undefined
  if (run === undefined) throw new TypeError(`expected a compiled function, got none of the name ${name}`)
  return {
    run,
    covers: exports[`${name}Covers`] as CompiledFunction['covers'],
    scratch: exports[`${name}Scratch`] as CompiledFunction['scratch'],
  }
}

const decode = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
