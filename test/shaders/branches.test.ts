import { expect, test } from 'vitest'
import { mostBranches } from '../../shaders/branches.ts'
import { linkKernel, readShaders } from '../../shaders/build.ts'

/** Branches in a loop with this body. */
const inLoop = (body: string, functions = ''): number =>
  mostBranches(`${functions} const SIZE = 4u; fn own(n: u32) { for (var i = 0u; i < n; i++) { ${body} } }`, [
    'KIND',
  ]).branches

test.each([
  ['a condition', 'if (i > 2u) { n += 1u; }', 1],
  ['two ways', 'if (i > 2u) { n += 1u; } else if (i > 1u) { n += 2u; }', 2],
  ['a condition of three', 'if (i > 2u && i < 9u || n == 3u) { n += 1u; }', 3],
  ['an expression', 'let both = i > 2u && i < 9u;', 1],
  ['nested ones', 'if (i > 2u) { if (i < 9u) { n += 1u; } }', 2],
  ['another loop, which is left in one way', 'for (var j = 0u; j < n; j++) { if (j > i) { n += 1u; } }', 1],
  ['a switch', 'switch i { case 0u: { n += 1u; } default: { n += 2u; } }', 3],
  ['an override', 'if (KIND == 1u && SIZE > 2u) { n += 1u; }', 0],
  ['what is inside an override', 'if (KIND == 1u) { if (i > 2u) { n += 1u; } }', 1],
  ['a choice', 'n += select(1u, 2u, i > 2u);', 0],
])('branches of %s', (_, body, branches) => {
  expect(inLoop(body)).toBe(branches)
})

test('a function counts as often as it is called, and a way out of its middle is a branch more', () => {
  const clamped = 'fn clamped(x: u32) -> u32 { var y = x; if (x > 2u) { y = 2u; } return y; }'
  expect(inLoop('n += clamped(i) + clamped(n);', clamped)).toBe(2)
  const early = 'fn clamped(x: u32) -> u32 { if (x > 2u) { return 2u; } return x; }'
  expect(inLoop('n += clamped(i) + clamped(n);', early)).toBe(4)
})

test('what a function is given as a constant is one', () => {
  const activate =
    'fn activate(code: u32, x: u32) -> u32 { switch code { case 1u: { return x; } default: { return x + 1u; } } }'
  expect(inLoop('n += activate(KIND, i);', activate)).toBe(0)
  expect(inLoop('n += activate(3u, i);', activate)).toBe(0)
  expect(inLoop('n += activate(i, i);', activate)).toBe(4)
})

test('a kernel with a loop that no software adapter compiles is refused', async () => {
  const kernel = (terms: number): string => `
    import package::lib::index::elementIndex;
    @group(0) @binding(0) var<storage, read> x: array<f32>;
    @group(0) @binding(1) var<storage, read_write> y: array<f32>;
    fn term(i: u32) -> f32 { if (x[i] < 0.0) { return 0.0; } return x[i]; }
    @compute @workgroup_size(64) fn own(@builtin(global_invocation_id) id: vec3u) {
      let i = elementIndex(id);
      for (var k = 0u; k < 9u; k++) { y[i] += ${Array.from({ length: terms }, (_, j) => `term(${j}u + k)`).join(' + ')}; }
    }`
  const link = (terms: number) => linkKernel('./own.wgsl', { ...readShaders(), './own.wgsl': kernel(terms) })
  await expect(link(32)).resolves.toMatchObject({ name: 'own' })
  await expect(link(33)).rejects.toThrow(
    'a loop in own: expected at most 64 branches, those of functions that it calls included, got 66',
  )
})
