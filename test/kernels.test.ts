/** Every kernel: valid WGSL, within WebGPU's default limits, and with the signature that the build step reads off it. */
import { expect, test } from 'vitest'
import { minifyKernels } from '../shaders/minify.ts'
import { reflectKernel } from '../shaders/reflect.ts'
import { moduleHead } from '../src/backends/webgpu/moduleHead.ts'
import { codeOf, type Kernel, RANGE_BINDING } from '../src/graph/kernel.ts'
import { activationCodes } from '../src/ops/codes.gen.ts'
import * as kernels from '../src/ops/kernels.gen.ts'
import { requestNullDevice } from './support/gpu.ts'
import { linked } from './support/linkedKernels.ts'

const device = await requestNullDevice()

function layoutOf({ bindings, params, step }: Kernel): GPUPipelineLayout {
  const visibility = GPUShaderStage.COMPUTE
  const groups: GPUBindGroupLayoutEntry[][] = [
    bindings.map(({ binding, access }) => ({
      binding,
      visibility,
      buffer: { type: access === 'read' ? 'read-only-storage' : 'storage' },
    })),
  ]
  groups[0]?.push({ binding: RANGE_BINDING, visibility, buffer: { minBindingSize: 12 } })
  if (params)
    groups[0]?.push({ binding: params.binding, visibility, buffer: { minBindingSize: params.size } })
  if (step.length > 0) groups.push([{ binding: 0, visibility, buffer: {} }])
  return device.createPipelineLayout({
    bindGroupLayouts: groups.map((entries) => device.createBindGroupLayout({ entries })),
  })
}

/** What WebGPU says of a shader module, beside its line. */
async function messagesOn(module: GPUShaderModule, code: string): Promise<string[]> {
  const { messages } = await module.getCompilationInfo()
  return messages.map(({ lineNum, message }) => `${code.split('\n')[lineNum - 1]}: ${message}`)
}

const written = await Promise.all(
  Object.values(kernels).map(async (kernel) => ({
    kernel: kernel as Kernel,
    code: await codeOf(kernel),
  })),
)
const signatures = new Map(
  (await linked).map(({ code: _, operands: __, strategy: ___, ...signature }) => [signature.name, signature]),
)

test.each(written.map(({ kernel, code }) => [kernel.name, kernel, code] as const))(
  '%s makes a pipeline',
  async (_, kernel, code) => {
    const { code: _code, rest: _rest, ...signature } = kernel
    expect(signature).toEqual(signatures.get(kernel.name))
    const compile = async (text: string): Promise<void> => {
      const module = device.createShaderModule({ code: text })
      expect(await messagesOn(module, text)).toEqual([])
      const compute = { module, entryPoint: kernel.entryPoint }
      await device.createComputePipelineAsync({ layout: layoutOf(kernel), compute })
    }
    await compile(moduleHead(kernel) + code)
    const rare = kernel.overrides.flatMap(({ name }) =>
      name.endsWith('ACTIVATION') ? [[name, activationCodes.gelu] as const] : [],
    )
    if (rare.length === 0) return
    const overrides = Object.fromEntries(rare)
    await compile(moduleHead(kernel, overrides) + (await codeOf(kernel, overrides)))
  },
)

/** Barriers and writes to workgroup memory as they follow each other in the text of a function and of those that it calls. */
function eventsOf(code: string, name: string): string[] {
  const bodies = new Map<string, string>()
  for (const { 0: head, 1: fn = '', index } of code.matchAll(/\bfn (\w+)[^{]*\{/g)) {
    let end = index + head.length
    for (let depth = 1; depth > 0; end++) depth += { '{': 1, '}': -1 }[code[end] ?? '}'] ?? 0
    bodies.set(fn, code.slice(index + head.length, end))
  }
  const memory = [...code.matchAll(/var<workgroup>\s*(\w+)/g)].map(([, found = '']) => found)
  const pattern = new RegExp(
    `\\bworkgroupBarrier\\(|\\b(?:${memory.join('|')})\\[[^;=]*\\][\\s.\\w]*[+]?=[^=]|atomicStore\\(|\\b(${[...bodies.keys()].join('|')})\\(`,
    'g',
  )
  const visit = (fn: string): string[] =>
    [...(bodies.get(fn) ?? '').matchAll(pattern)].flatMap(([text, called]) => {
      if (called) return visit(called)
      return [text.startsWith('workgroupBarrier') ? 'barrier' : 'write']
    })
  return visit(name)
}

test('a barrier stands before the first write to workgroup memory', () => {
  const sharing = written.filter(({ code }) => code.includes('var<workgroup>'))
  const events = sharing.map(({ kernel, code }) => [kernel.name, eventsOf(code, kernel.entryPoint)] as const)
  expect(events.filter(([, found]) => !found.includes('write'))).toEqual([])
  expect(events.filter(([, [first]]) => first !== 'barrier').map(([name]) => name)).toEqual([])
})

test('minified kernels are valid, and have their entry points and overrides by name', async () => {
  const minified = minifyKernels(written.map(({ kernel, code }) => ({ ...kernel, code })))
  for (const [i, { kernel }] of written.entries()) {
    const code = moduleHead(kernel) + minified[i]
    expect(code).toContain(`fn ${kernel.entryPoint}(`)
    for (const { name } of kernel.overrides) {
      const word = new RegExp(`\\b${name}\\b`)
      expect(word.test(minified[i] ?? '')).toBe(word.test(written[i]?.code ?? ''))
    }
    expect(await messagesOn(device.createShaderModule({ code }), code)).toEqual([])
  }
})

test.each([
  ['num_workgroups', '@builtin(num_workgroups) n: vec3u', 'i = n.x;'],
  ['workgroup_id', '@builtin(workgroup_id) n: vec3u', 'i = n.x;'],
  ['global_invocation_id', '@builtin(global_invocation_id) n: vec3u', 'i = n.x;'],
])(
  'a kernel that takes its place from %s is refused: a launch may be one of several',
  (builtin, argument, body) => {
    const code = `@compute @workgroup_size(64) fn own(${argument}) { var i = 0u; ${body} }`
    expect(() => reflectKernel('own', code)).toThrow(
      `expected the index from workgroupIndex, elementIndex or tileIndex, got it from ${builtin}`,
    )
  },
)
