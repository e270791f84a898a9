import { expect, test } from 'vitest'
import { minifyKernels } from '../../shaders/minify.ts'

const minify = (code: string): string => minifyKernels([{ code, overrides: [] }])[0]!

test('blanks and comments go, names that the code declares become short', () => {
  const code = `
    const FACTOR = 2.0; // of all
    fn scaled(value: f32) -> f32 {
      let result = FACTOR * value;
      return result;
    }`
  expect(minify(code)).toBe('const A=2.;fn B(a:f32)->f32{let b=A*a;return b;}')
})

test('entry points, overrides, built-in values and functions keep their names', () => {
  const code = `
    var<workgroup> sums: array<f32, 64>;
    @compute @workgroup_size(64)
    fn total(@builtin(local_invocation_index) local_invocation_index: u32) {
      let max = max(TILE, local_invocation_index);
      let workgroup = f32(max);
      sums[max] = workgroup;
    }`
  // a constant of another kernel by that name keeps it, too
  const [minified = '', other] = minifyKernels([
    { code, overrides: [{ name: 'TILE' }] },
    { code: 'const TILE = 8u;', overrides: [] },
  ])
  expect(other).toBe('const TILE=8u;')
  expect(minified).toContain('fn total(@builtin(local_invocation_index)')
  expect(minified).toContain('let max=max(TILE,')
  expect(minified).toContain('var<workgroup>')
  expect(minified).not.toContain('sums')
  expect(minified.match(/local_invocation_index/g)).toHaveLength(1)
})

test('members of structs become short, those of vectors stay', () => {
  const code = `
    struct Tile { size: vec4<u32>, x: u32 }
    var<private> tile: Tile;
    fn size() -> u32 { return tile.size.x + tile.size.zw.y + tile.x; }`
  expect(minify(code)).toMatch(/^struct (\w+)\{(\w+):vec4<u32>,x:u32\}.*\.\2\.x\+\w+\.\2\.zw\.y\+\w+\.x;\}$/)
})

test('a blank that keeps two signs apart stays', () => {
  expect(minify('fn f(a: f32) -> f32 { return a - -a; }')).toMatch(/return (\w)- -\1;/)
})

test('numbers lose zeros, lists the comma at their end', () => {
  expect(
    minify('struct S { x: f32, y: f32, } const a = array(0.5, 1.0, 10.0, 0.05, 1e-7, 0x1p-24f, );'),
  ).toMatch(/^struct S?\w\{x:f32,y:f32\}const \w=array\(\.5,1\.,10\.,\.05,1e-7,0x1p-24f\);$/)
  expect(minify('fn f() -> f32 { return 0.5; }')).toContain('return .5;')
})

test('a name of the module is the same short one in all kernels, and no two names become one', () => {
  const [first = '', second = ''] = minifyKernels(
    [
      'const SCALE = 2u; fn index(row: u32) -> u32 { let twice = row * SCALE; return twice; }',
      'const OTHER = 1u; const SCALE = 3u; fn other(row: u32) -> u32 { let a = row * SCALE; return a - OTHER; }',
    ].map((code) => ({ code, overrides: [] })),
  )
  const scale = /const (\w+)=2u/.exec(first)?.[1]
  expect(/const (\w+)=3u/.exec(second)?.[1]).toBe(scale)
  expect(/const (\w+)=1u/.exec(second)?.[1]).not.toBe(scale)
  for (const code of [first, second]) expect(new Set(/\((\w+):.*let (\w+)=/.exec(code)).size).toBe(3)
})

test('each function names its own anew; a name that is also the module’s is the function’s only as a parameter', () => {
  const code = `
    const c = 2u;
    fn first(rows: u32, c: u32) -> u32 { return rows + c; }
    fn second(columns: u32) -> u32 { { let c = c + 1u; return c * columns; } }`
  expect(minify(code)).toMatch(
    /^const (\w)=2u;fn \w\(a:u32,b:u32\)->u32\{return a\+b;\}fn \w\(a:u32\)->u32\{\{let \1=\1\+1u;return \1\*a;\}\}$/,
  )
})
