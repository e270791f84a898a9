// The compiled operations: instantiated once for each backend, with the backend's memory.

import { WasmHeap } from './heap.ts'

/** What src/backends/cpu/assembly exports. Pointers are byte addresses; 0 is an absent tensor. */
export interface Assembly {
  readonly heapBase: WebAssembly.Global
  /** The greatest code of an activation that the functions know. */
  readonly knownActivations: WebAssembly.Global
  matmul(
    m: number,
    n: number,
    k: number,
    a: number,
    transposedA: boolean,
    b: number,
    transposedB: boolean,
    bias: number,
    y: number,
    activation: number,
  ): void
  columnSums(k: number, n: number, b: number, sums: number): void
  /** Extents of the convolution that the next call computes, in the order of the kernels' parameters. */
  bindGeometry(...extents: readonly number[]): void
  convolutionScratch(terms: number): number
  convolution(x: number, weights: number, bias: number, y: number, activation: number, scratch: number): void
  convolutionInputGradient(dy: number, weights: number, dx: number, scratch: number): void
  convolutionKernelGradient(
    x: number,
    dy: number,
    kernelParts: number,
    biasParts: number,
    chunks: number,
    scratch: number,
  ): void
  convLstmScratch(rows: number, units: number, terms: number): number
  convLstm(
    batch: number,
    time: number,
    space: number,
    units: number,
    reverse: number,
    activation: number,
    gate: number,
    recurrentKernel: number,
    h0: number,
    c0: number,
    gates: number,
    h: number,
    c: number,
    hLast: number,
    cLast: number,
    scratch: number,
  ): void
  convLstmGradient(
    batch: number,
    time: number,
    space: number,
    units: number,
    reverse: number,
    activation: number,
    gate: number,
    recurrentKernel: number,
    c: number,
    c0: number,
    dh: number,
    lastOnly: boolean,
    dcLast: number,
    gates: number,
    dh0: number,
    dc0: number,
    scratch: number,
  ): void
  convRecurrentKernelGradient(
    batch: number,
    time: number,
    space: number,
    units: number,
    reverse: number,
    h: number,
    h0: number,
    dz: number,
    parts: number,
    chunks: number,
    scratch: number,
  ): void
  lstmScratch(batch: number, units: number): number
  lstm(
    batch: number,
    time: number,
    units: number,
    reverse: number,
    activation: number,
    gate: number,
    recurrentKernel: number,
    h0: number,
    c0: number,
    gates: number,
    h: number,
    c: number,
    hLast: number,
    cLast: number,
    scratch: number,
  ): void
  lstmGradient(
    batch: number,
    time: number,
    units: number,
    reverse: number,
    activation: number,
    gate: number,
    recurrentKernel: number,
    c: number,
    c0: number,
    dh: number,
    lastOnly: boolean,
    dcLast: number,
    gates: number,
    dh0: number,
    dc0: number,
    scratch: number,
  ): void
  recurrentKernelGradientScratch(units: number, columns: number): number
  recurrentKernelGradient(
    batch: number,
    time: number,
    units: number,
    columns: number,
    reverse: number,
    h: number,
    h0: number,
    dz: number,
    dR: number,
    scratch: number,
  ): void
  adam(
    size: number,
    gradients: number,
    parameters: number,
    m: number,
    v: number,
    firstShare: number,
    secondShare: number,
    epsilon: number,
    rate: number,
  ): void
  sgd(size: number, gradients: number, parameters: number, rate: number): void
}

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
