/** The ground the other tests stand on: Dawn answers in Node, computes, and its errors fail tests. */
import { expect, test } from 'vitest'
import { readFloats, requestAdapter, requestTestDevice, validationErrorOf } from './support/gpu.ts'

const device = await requestTestDevice()

test('the adapter says what it is', async () => {
  const { info } = await requestAdapter()
  expect(info.vendor).not.toBe('')
})

test('a dispatch computes and its numbers come back', async () => {
  const module = device.createShaderModule({
    code: `
      @group(0) @binding(0) var<storage, read_write> y: array<f32>;
      @compute @workgroup_size(64) fn squares(@builtin(global_invocation_id) id: vec3u) {
        if (id.x < arrayLength(&y)) { y[id.x] = f32(id.x * id.x); }
      }`,
  })
  const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute: { module } })
  const buffer = device.createBuffer({
    size: 100 * 4,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC,
  })
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [{ binding: 0, resource: { buffer } }],
  })
  const encoder = device.createCommandEncoder()
  const pass = encoder.beginComputePass()
  pass.setPipeline(pipeline)
  pass.setBindGroup(0, group)
  pass.dispatchWorkgroups(2)
  pass.end()
  device.queue.submit([encoder.finish()])

  const squares = await readFloats(device, buffer, 100)
  expect([...squares]).toEqual(Array.from({ length: 100 }, (_, i) => i * i))
  buffer.destroy()
})

test('an invalid call is reported', async () => {
  const message = await validationErrorOf(device, () => {
    device.createBuffer({ size: 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE })
  })
  expect(message).toMatch(/usage/i)
})
