import { expect, test } from 'vitest'
import { minifyKernels } from '../../shaders/minify.ts'
import { modulesOf } from '../../shaders/modules.ts'
import { reflectKernel } from '../../shaders/reflect.ts'

const square =
  'fn squareOfSomething(aNumberOfThePage: f32) -> f32 {\n  return aNumberOfThePage * aNumberOfThePage + 0.5;\n}\n'
const kernel = (name: string, factor: number) =>
  reflectKernel(
    name,
    `@group(0) @binding(0) var<storage, read_write> y: array<f32>;\n${square}@compute @workgroup_size(1) fn ${name}() { y[0] = squareOfSomething(${factor}.0); }`,
  )
const NAMES = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth']
const kernels = NAMES.map(kernel)

/** The code that a module exports for a kernel. */
function codeOf(modules: ReadonlyMap<string, string>, kernel: string): string {
  const text = [...modules].find(([, found]) => found.includes(`export const ${kernel}: string`))?.[1] ?? ''
  const [, own = '""', names = ''] =
    new RegExp(`const ${kernel}: string = (".*?[^\\\\]")((?: \\+ \\S+)*)\\n`).exec(text) ?? []
  const others = [...names.matchAll(/shared\.(\w+)/g)].map(([, name]) => {
    const found = new RegExp(`const ${name}: string = (".*")`).exec(modules.get('wgsl/shared.gen.ts') ?? '')
    return JSON.parse(found?.[1] ?? '""') as string
  })
  return (JSON.parse(own) as string) + others.join('')
}

test('what many kernels share stands once, beside what is their own', () => {
  const modules = modulesOf(kernels)
  expect([...modules.keys()].sort()).toEqual([
    'f16Kernels.gen.ts',
    'kernels.gen.ts',
    ...NAMES.map((name) => `kernels/${name}.gen.ts`).sort(),
    'wgsl/activations.gen.ts',
    'wgsl/commonActivations.gen.ts',
    'wgsl/fifth.gen.ts',
    'wgsl/first.gen.ts',
    'wgsl/fourth.gen.ts',
    'wgsl/pointwiseFunctions.gen.ts',
    'wgsl/second.gen.ts',
    'wgsl/shared.gen.ts',
    'wgsl/sixth.gen.ts',
    'wgsl/third.gen.ts',
  ])
  expect([...modules.values()].filter((text) => text.includes('fn squareOfSomething'))).toHaveLength(1)
  for (const { name } of kernels) {
    const code = codeOf(modules, name)
    expect(code).toContain(`fn ${name}(`)
    expect(code).toContain(square.trim())
  }
})

test('short code is shared alike, and nothing of it is lost', () => {
  const short = minifyKernels(kernels)
  const modules = modulesOf(kernels.map((one, i) => ({ ...one, code: short[i] ?? '' })))
  for (const [i, { name }] of kernels.entries())
    expect([...codeOf(modules, name)].sort().join('')).toBe([...(short[i] ?? '')].sort().join(''))
})

test('kernels for long sums are with those that they are launched beside', () => {
  const modules = modulesOf([kernel('product', 1), kernel('productReduced', 2)])
  expect(modules.get('wgsl/product.gen.ts')).toContain('fn productReduced(')
})

test('kernels of the same modules share what they have alike, and no more', () => {
  const cube = square.replaceAll('square', 'cube').replace('+ 0.5', '+ 1.5')
  const ways = NAMES.flatMap((name, i) => {
    const back = kernel(`${name}Gradient`, i)
    const code = back.code.replaceAll(square, cube).replaceAll('square', 'cube')
    return [kernel(name, i), { ...back, code }]
  })
  const modules = modulesOf(ways)
  expect(modules.get('wgsl/shared.gen.ts')).toContain('fn cubeOfSomething')
  for (const { name, code } of ways)
    expect([...codeOf(modules, name)].sort().join('')).toBe([...code].sort().join(''))
})

test('a kernel with an activation leaves out what only some activations need', () => {
  const helper = 'fn twice(x: f32) -> f32 { return 2.0 * x; }'
  const common = `${helper}fn activated(x: f32) -> f32 { return twice(x); }`
  const all = `${helper}fn activated(x: f32) -> f32 { return rare(twice(x)); }fn rare(x: f32) -> f32 { return 3.0 * x; }`
  const entry = '@compute @workgroup_size(1) fn own() { y[0] = activated(f32(ACTIVATION)); }'
  const memory = 'override ACTIVATION: u32 = 0u;@group(0) @binding(0) var<storage, read_write> y: array<f32>;'
  const modules = modulesOf([reflectKernel('own', memory + all + entry)], [], { common, all, pointwise: '' })
  expect(codeOf(modules, 'own')).toContain('fn twice(')
  expect(codeOf(modules, 'own')).not.toMatch(/fn (activated|rare)/)
  expect(modules.get('wgsl/activations.gen.ts')).toMatch(/fn activated.*fn rare/)
  expect(modules.get('wgsl/commonActivations.gen.ts')).toContain('fn activated')
  expect(modules.get('wgsl/commonActivations.gen.ts')).not.toContain('fn twice')
  const lacking = memory + all.replace(helper, '').replace('twice(x)', 'x') + entry
  expect(() => modulesOf([reflectKernel('own', lacking)], [], { common, all, pointwise: '' })).toThrow(
    'own has an activation, but not twice of lib/activation.wgsl',
  )
})
