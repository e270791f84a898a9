// Chooses the compiled code for the engine: with relaxed SIMD, or with SIMD alone, which is kept as its differences from the first.

import { bytesOfHex, type Difference, withDifferences } from './differences.ts'
import { instantiateCode, type Wasm } from './wasm.ts'

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
  return instantiateCode(await (isRelaxed ? relaxedSimd() : variant(import('./simd.gen.ts'))), isRelaxed)
}

const relaxedSimd = async (): Promise<Uint8Array<ArrayBuffer>> =>
  bytesOfHex((await import('./relaxedSimd.gen.ts')).code)

/** The code of a module of differences. */
async function variant(
  loading: Promise<{ readonly differences: readonly Difference[] }>,
): Promise<Uint8Array<ArrayBuffer>> {
  const [base, { differences }] = await Promise.all([relaxedSimd(), loading])
  return withDifferences(base, differences)
}

/** The code of what predictions consist of. */
export const forwardCode = (): Promise<Uint8Array<ArrayBuffer>> => variant(import('./forwardSimd.gen.ts'))
