// The WebAssembly module of compiled operations, instantiated for each backend with the backend's memory.

import { impossible } from '../../errors.ts'
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

/** Instantiates a module with a new memory; null if the engine cannot, or the page forbids it. */
export async function instantiateCode(
  code: Uint8Array<ArrayBuffer>,
  isRelaxed: boolean,
): Promise<Wasm | null> {
  if (typeof WebAssembly === 'undefined') return null
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: 65536 })
  try {
    const { instance } = await WebAssembly.instantiate(code, { env: { memory } })
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
  const run =
    (exports[name] as CompiledFunction['run'] | undefined) ??
    impossible(`expected a compiled function, got none of the name ${name}`)
  return {
    run,
    covers: exports[`${name}Covers`] as CompiledFunction['covers'],
    scratch: exports[`${name}Scratch`] as CompiledFunction['scratch'],
  }
}
