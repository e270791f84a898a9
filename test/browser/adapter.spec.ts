/** The ground the other browser tests stand on: Chromium has WebGPU, an adapter, and computes. */
import { expect } from '@playwright/test'
import { test } from './cleanPage.ts'

test('a dispatch computes in the page', async ({ emptyPage: page }) => {
  const number = await page.evaluate(async () => {
    const adapter = await navigator.gpu.requestAdapter()
    if (!adapter) throw new Error('expected an adapter, got null')
    const device = await adapter.requestDevice()
    const module = device.createShaderModule({
      code: `
        @group(0) @binding(0) var<storage, read_write> y: array<f32>;
        @compute @workgroup_size(1) fn main() { y[0] = y[0] * 2.0 + 1.0; }`,
    })
    const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute: { module } })
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST
    const buffer = device.createBuffer({ size: 4, usage })
    const staging = device.createBuffer({ size: 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST })
    device.queue.writeBuffer(buffer, 0, new Float32Array([20.5]))
    const entries = [{ binding: 0, resource: { buffer } }]
    const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries })
    const encoder = device.createCommandEncoder()
    const pass = encoder.beginComputePass()
    pass.setPipeline(pipeline)
    pass.setBindGroup(0, group)
    pass.dispatchWorkgroups(1)
    pass.end()
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, 4)
    device.queue.submit([encoder.finish()])
    await staging.mapAsync(GPUMapMode.READ)
    const [result] = new Float32Array(staging.getMappedRange().slice(0))
    device.destroy()
    return result
  })
  expect(number).toBe(42)
})
