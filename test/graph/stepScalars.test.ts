/** Scalars of a step: a kernel declares one in the struct of all kernels, and it comes there by its name. */

import { expect, test } from 'vitest'
import { linkKernel, readShaders } from '../../shaders/build.ts'
import { packSignature } from '../../shaders/pack.ts'
import { compile } from '../../src/compiler/compile.ts'
import { Graph } from '../../src/graph/graph.ts'
import { type Kernel, unpackKernel } from '../../src/graph/kernel.ts'
import { defineOp } from '../../src/graph/operation.ts'
import { backends, ownSides } from '../support/compareBackends.ts'
import { LoadedPlan, residentIn } from '../support/runPlan.ts'

const SOURCE = `
import package::lib::step::step;
import package::lib::index::elementIndex;
struct Params { size: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;
@compute @workgroup_size(64)
fn decayed(@builtin(global_invocation_id) id: vec3u) {
  let i = elementIndex(id);
  if (i < params.size) { y[i] = step.fading * x[i] + f32(step.shift) + f32(step.iteration); }
}`

const shaders = readShaders()
const stepFile = './lib/step.wgsl'
const declared = shaders[stepFile]?.replace('}', '  clipped: f32,\n  fading: f32,\n  shift: i32,\n}') ?? ''
const kernel: Kernel = await linkKernel('./decayed.wgsl', {
  ...shaders,
  [stepFile]: declared,
  './decayed.wgsl': SOURCE,
})

/** The operation, typed as its kernel is. */
const decayed = defineOp({
  kernel: kernel as Kernel & {
    readonly bindings: readonly [
      { name: 'x'; binding: 0; access: 'read'; element: 'f32' },
      { name: 'y'; binding: 1; access: 'read_write'; element: 'f32' },
    ]
  },
  shape: ({ x }) => ({ y: x }),
  params: ({ x }) => ({ size: x[0] ?? 0 }),
  threads: ({ size = 0 }) => Number(size),
})
ownSides[kernel.name] = {
  cpu({ x, y }, _params, { fading = 0, shift = 0, iteration = 0 }) {
    y?.set(x?.map((value) => fading * value + shift + iteration) ?? [])
  },
}

function plan(): ReturnType<typeof compile> {
  const graph = new Graph()
  const x = residentIn(graph, 'x', [3], Float32Array.of(1, 2, 3))
  graph.result('y', decayed(graph, { x }, {}).y)
  return compile(graph, backends.JavaScript?.traits ?? expect.fail('no traits'))
}

test('a kernel tells which scalars it reads, and where they lie', () => {
  const fields = kernel.step.map(({ name, type, offset }) => [name, type, offset])
  // Behind those of all kernels, of four bytes each.
  const clipped = 4 * (shaders[stepFile]?.match(/^ {2}\w+: /gm) ?? []).length
  expect(fields).toEqual([
    ['iteration', 'u32', 4],
    ['fading', 'f32', clipped + 4],
    ['shift', 'i32', clipped + 8],
  ])
  expect(unpackKernel(kernel.name, packSignature(kernel), '').step).toEqual(kernel.step)
  expect(plan().scalars).toEqual(kernel.step)
})

test.each(Object.entries(backends))('%s gives a step what belongs to it', async (_name, backend) => {
  const memory = { x: Float32Array.of(1, 2, 3) }
  const loaded = await LoadedPlan.load(backend, plan(), memory)
  const steps = [
    { fading: 0.5, shift: -4, iteration: 7, rate: 9 },
    { fading: 2, shift: 3, iteration: 0 },
  ]
  expect([...((await loaded.run(memory, steps)).results.y ?? [])]).toEqual([5, 7, 9])
  expect([...((await loaded.run(memory, steps.slice(0, 1))).results.y ?? [])]).toEqual([3.5, 4, 4.5])
  await expect(loaded.run(memory, [{ fading: 1, iteration: 1 }])).rejects.toThrow('no value for shift')
  loaded.dispose()
})
