/** What operations do on the CPU stands apart from them, found by their names. */
import { expect, test } from 'vitest'
import { instantiate } from '../../src/backends/cpu/compiledCode.ts'
import type { CpuSide } from '../../src/graph/operation.ts'
import * as cpuSides from '../../src/ops/cpuSides.ts'
import * as ops from '../../src/ops/index.ts'
import * as kernels from '../../src/ops/kernels.gen.ts'

const operations = Object.values(ops).flatMap((made) =>
  typeof made === 'function' && 'operation' in made ? [made.operation] : [],
)
const sides: Readonly<Record<string, CpuSide>> = cpuSides

test('every operation has one, and each bears the name of an operation or of a kernel', () => {
  const launched = operations.flatMap(({ name, kernel }) => (kernel ? [name] : []))
  expect(launched.length).toBeGreaterThan(40)
  expect(launched.filter((name) => !sides[name]?.cpu)).toEqual([])
  const names = new Set([...launched, ...Object.keys(kernels)])
  expect(Object.keys(sides).filter((name) => !names.has(name))).toEqual([])
})

test.each(['SIMD', 'relaxed SIMD'] as const)(
  'the compiled functions that they name are there in %s',
  async (code) => {
    const found = await instantiate(code)
    const names = Object.values(sides).flatMap(({ compiled }) => compiled ?? [])
    expect(names.length).toBeGreaterThan(10)
    for (const name of names) expect(found?.functionOf(name).run, name).toBeTypeOf('function')
    expect(() => found?.functionOf('nothing')).toThrow('none of the name nothing')
  },
)
