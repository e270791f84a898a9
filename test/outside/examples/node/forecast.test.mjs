import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Dense, Sequential, setBackend, setSeed } from 'recurra/node'
import { assertTensorClose, requestDevice } from 'recurra/testing'

async function losses(backend) {
  const info = await setBackend(backend)
  assert.equal(info.backend, backend)
  setSeed(1)
  const model = Sequential([Dense(4, { activation: 'tanh', inputShape: [2] }), Dense(1)])
  model.compile({ loss: 'mse', optimizer: 'sgd' })
  const x = [
    [0, 1],
    [1, 0],
    [1, 1],
  ]
  const { history } = await model.fit(x, [[1], [2], [3]], { epochs: 5, verbose: 0 })
  return history.loss
}

test('WebGPU and the CPU give the same losses', async () => {
  assertTensorClose(await losses('webgpu'), await losses('cpu'), { terms: 16 })
})

test('a device for kernels of one’s own', async () => {
  const device = await requestDevice({ label: 'own' })
  const buffer = device.createBuffer({ size: 16, usage: GPUBufferUsage.STORAGE })
  assert.equal(buffer.size, 16)
  device.destroy()
})
