// shaders/lib/philox.wgsl on a device against src/util/philox.ts, bit for bit.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Generator } from '../../src/util/generator.ts'
import { philox, uniform01 } from '../../src/util/philox.ts'
import { readFloats, requestTestDevice } from '../support/gpu.ts'

const DRAWS = 1024
const device = await requestTestDevice()

const code = `
${readFileSync(new URL('../../shaders/lib/philox.wgsl', import.meta.url), 'utf8')}
struct Draw { counter: vec4u, key: vec2u }
@group(0) @binding(0) var<storage, read> draws: array<Draw>;
@group(0) @binding(1) var<storage, read_write> bits: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> uniforms: array<vec4f>;

@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  let b = philox(draws[id.x].counter, draws[id.x].key);
  bits[id.x] = b;
  uniforms[id.x] = vec4f(uniform01(b.x), uniform01(b.y), uniform01(b.z), uniform01(b.w));
}`

test('random counters and keys give the same words and the same floats', async () => {
  const generator = new Generator(11)
  // Six words of input a draw, in a struct of eight.
  const draws = Uint32Array.from({ length: DRAWS * 8 }, () => generator.bits())
  const expected = new Uint32Array(DRAWS * 4)
  for (let i = 0; i < DRAWS; i++) {
    const input = draws.subarray(i * 8, i * 8 + 8)
    philox(input, input.subarray(4), expected.subarray(i * 4))
  }

  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST
  const [input, bits, uniforms] = [8, 4, 4].map((words) =>
    device.createBuffer({ size: DRAWS * words * 4, usage }),
  )
  device.queue.writeBuffer(input!, 0, draws)
  const pipeline = device.createComputePipeline({
    layout: 'auto',
    compute: { module: device.createShaderModule({ code }) },
  })
  const entries = [input, bits, uniforms].map((buffer, binding) => ({
    binding,
    resource: { buffer: buffer! },
  }))
  const encoder = device.createCommandEncoder()
  const pass = encoder.beginComputePass()
  pass.setPipeline(pipeline)
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }))
  pass.dispatchWorkgroups(DRAWS / 64)
  pass.end()
  device.queue.submit([encoder.finish()])

  const words = await readFloats(device, bits!, DRAWS * 4)
  expect(new Uint32Array(words.buffer)).toEqual(expected)
  expect(await readFloats(device, uniforms!, DRAWS * 4)).toEqual(Float32Array.from(expected, uniform01))
})
