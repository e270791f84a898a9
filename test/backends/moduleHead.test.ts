import { expect, test } from 'vitest'
import { reflectKernel } from '../../shaders/reflect.ts'
import { moduleHead } from '../../src/backends/webgpu/moduleHead.ts'
import { requestTestDevice } from '../support/gpu.ts'

const SOURCE = `
override RATE: f32 = 1.0;
override COUNT: u32 = 3u;
override OFFSET: i32 = -2i;
@group(0) @binding(0) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(COUNT)
fn scale() { y[COUNT] = select(RATE, f32(OFFSET), y[0] > 0.0); }`
const kernel = reflectKernel('scale', SOURCE)
const reflect = (code: string) => () => reflectKernel('scale', code)

test('overrides stand before the code as constants, defaults where none are given', () => {
  expect(kernel.code).not.toContain('override')
  expect(moduleHead(kernel)).toMatch(/^const COUNT:u32=3;\nconst OFFSET:i32=-2;\nconst RATE:f32=1e\+0;\n@/)
  expect(moduleHead(kernel, { RATE: 0.1, COUNT: 7 })).toMatch(
    /^const COUNT:u32=7;\nconst OFFSET:i32=-2;\nconst RATE:f32=1e-1;\n@/,
  )
})

test('buffers and uniforms are declared by the signature, fields at their offsets', () => {
  const reflected = reflectKernel(
    'scale',
    `struct Params { size: u32, rows: vec4u, strides: array<vec4i, 3> }
    struct Step { start: u32, iteration: u32, rate: f32 }
    struct Range { first: u32, row: u32, layer: u32 }
    @group(0) @binding(2) var<storage, read> x: array<vec4f>;
    @group(0) @binding(4) var<storage, read_write> y: array<atomic<u32>>;
    @group(0) @binding(5) var<uniform> params: Params;
    @group(0) @binding(15) var<uniform> range: Range;
    @group(1) @binding(0) var<uniform> step: Step;
    @compute @workgroup_size(1)
    fn scale() { atomicAdd(&y[0], params.size + u32(step.rate * x[0].x) + range.first); }`,
  )
  expect(reflected.code).not.toMatch(/var<|struct/)
  expect(moduleHead(reflected)).toBe(
    [
      '@group(0) @binding(2) var<storage,read> x:array<vec4f>;',
      '@group(0) @binding(4) var<storage,read_write> y:array<atomic<u32>>;',
      'struct Range{first:u32,row:u32,layer:u32}',
      '@group(0) @binding(15) var<uniform> range:Range;',
      'struct Params{size:u32,@size(12) gap4:u32,rows:vec4<u32>,strides:array<vec4<i32>,3>}',
      '@group(0) @binding(5) var<uniform> params:Params;',
      'struct Step{@size(8) gap0:u32,rate:f32}',
      '@group(1) @binding(0) var<uniform> step:Step;',
      '',
    ].join('\n'),
  )
})

test('what a signature cannot say is refused', () => {
  const y = 'var<storage, read_write> y: array<f32>;'
  expect(reflect(SOURCE.replace(y, y.replace('array<f32>', 'array<f32, 4>')))).toThrow(
    'array<T> of any length',
  )
  expect(reflect(SOURCE.replace(y, y.replace('array<f32>', 'f32')))).toThrow('array<T> of any length')
  const range = 'struct Range { first: u32 } @group(0) @binding(15) var<uniform> range: Range;'
  expect(reflect(range + SOURCE)).toThrow('range: expected first:u32,row:u32,layer:u32, got first:u32')
  const params = 'struct Params { x: array<vec4f, 1> } @group(0) @binding(5) var<uniform> params: Params;'
  expect(reflect(params + SOURCE)).toThrow('params.x: expected vec4')
})

test('extensions come first; those by subgroups are not held to an analysis that differs between compilers', () => {
  const reflected = reflectKernel('scale', `enable subgroups;${SOURCE}`)
  expect(moduleHead(reflected)).toMatch(
    /^enable subgroups;\ndiagnostic\(off,subgroup_uniformity\);\nconst COUNT/,
  )
})

const device = await requestTestDevice()

test.each([
  { RATE: -3.4028234663852886e38, OFFSET: -(2 ** 31) },
  { RATE: 1e-45, OFFSET: 2 ** 31 - 1 },
  { RATE: 16777217, OFFSET: 0 },
])('WGSL reads %j', async (given) => {
  const module = device.createShaderModule({ code: moduleHead(kernel, given) + kernel.code })
  expect((await module.getCompilationInfo()).messages).toEqual([])
})

test('what is no value of the type, and a name that the kernel lacks, is refused', () => {
  for (const given of [
    { RATE: 1e39 },
    { RATE: Number.NaN },
    { COUNT: -1 },
    { OFFSET: 2 ** 31 },
    { COUNT: 0.5 },
  ])
    expect(() => moduleHead(kernel, given)).toThrow(/is no [fui]32/)
  expect(() => moduleHead(kernel, { SIDE: 8 })).toThrow('scale has no override SIDE')
})

test('overrides that are no such constants, and other directives, are refused', () => {
  expect(reflect(SOURCE.replace('override RATE', '@id(1) override RATE'))).toThrow('got @id')
  expect(reflect(SOURCE.replace('= 3u', '= 2u + 1u'))).toThrow('got an expression')
  expect(reflect(SOURCE.replace('RATE: f32 = 1.0', 'RATE: bool = true'))).toThrow('got bool')
  expect(reflect(`enable dual_source_blending;${SOURCE}`)).toThrow('no directive but enable f16 or subgroups')
  expect(reflect(`enable f16, subgroups;${SOURCE}`)().extensions).toEqual(['f16', 'subgroups'])
})
