import { test } from 'node:test'
import { requestDevice } from 'recurra/testing'

test('an error of a device that nobody looks at', async () => {
  const device = await requestDevice({ label: 'careless' })
  device.createBuffer({ size: 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE })
})
