// The CPU backend with all that operations have on the CPU: what they do in TypeScript, and what of it is compiled.

import * as cpuSides from '../../ops/cpuSides.ts'
import type { Backend } from '../backend.ts'
import { type Code, instantiate } from './compiledCode.ts'
import { cpuBackend } from './cpuBackend.ts'
import type { CpuSideTable } from './sides.ts'

/**
 * @param allowed The best code that operations may use; if the engine does not have it, they use the best that it has.
 * @param others CPU sides of operations that cpuSides.ts does not list, by their names.
 */
export async function createCpuBackend(
  allowed: Code = 'relaxed SIMD',
  others: CpuSideTable = {},
): Promise<Backend> {
  const compiled = allowed === 'JavaScript' ? null : await instantiate(allowed)
  const sides: CpuSideTable = cpuSides
  return cpuBackend(compiled, (name) => others[name] ?? sides[name])
}
