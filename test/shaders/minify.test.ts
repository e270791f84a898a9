import { expect, test } from 'vitest'
import { minifyKernels } from '../../shaders/minify.ts'

const minify = (code: string): string => minifyKernels([code])[0]!

test('blanks and comments go, names that the code declares become short', () => {
  const code = `
    const FACTOR = 2.0; // of all
    fn scaled(value: f32) -> f32 {
      let result = FACTOR * value;
      return result;
    }`
  expect(minify(code)).toBe('const a=2.0;fn d(c:f32)->f32{let b=a*c;return b;}')
})

test('entry points, overrides, built-in values and functions keep their names', () => {
  const code = `
    override TILE: u32 = 8u;
    var<workgroup> sums: array<f32, 64>;
    @compute @workgroup_size(64)
    fn total(@builtin(local_invocation_index) local_invocation_index: u32) {
      let max = max(TILE, local_invocation_index);
      let workgroup = f32(max);
      sums[max] = workgroup;
    }`
  const minified = minify(code)
  expect(minified).toContain('override TILE:u32=8u;')
  expect(minified).toContain('fn total(@builtin(local_invocation_index)')
  expect(minified).toContain('let max=max(TILE,')
  expect(minified).toContain('var<workgroup>')
  expect(minified).not.toContain('sums')
  expect(minified.match(/local_invocation_index/g)).toHaveLength(1)
})

test('members of structs become short, those of vectors stay', () => {
  const code = `
    struct Params { size: vec4<u32>, x: u32 }
    @group(0) @binding(0) var<uniform> params: Params;
    fn size() -> u32 { return params.size.x + params.size.zw.y + params.x; }`
  expect(minify(code)).toMatch(/^struct (\w+)\{(\w+):vec4<u32>,x:u32\}.*\.\2\.x\+\w+\.\2\.zw\.y\+\w+\.x;\}$/)
})

test('a blank that keeps two signs apart stays', () => {
  expect(minify('fn f(a: f32) -> f32 { return a - -a; }')).toMatch(/return (\w)- -\1;/)
})

test('one name is the same short one in all kernels, and no two names become one', () => {
  const [first = '', second = ''] = minifyKernels([
    'fn index(row: u32) -> u32 { let twice = row * 2u; return twice; }',
    'fn other(row: u32) -> u32 { let a = row * 3u; return a; }',
  ])
  const row = /\((\w+):/.exec(first)?.[1]
  expect(/\((\w+):/.exec(second)?.[1]).toBe(row)
  expect(/let (\w+)=/.exec(second)?.[1]).not.toBe(row)
})
