/**
 * WGSL has workgroup memory begin as zeros, which some drivers take long to write and tests leave out (support/gpu.ts). Kernels write
 * what they read there: here every array begins with what is not a number.
 */
import { expect, test } from 'vitest'
import * as recurra from '../../src/index.ts'
import { expectClose } from '../support/compare.ts'
import { checkLayerModel, layerModels } from '../support/everyLayer.ts'
import { requestTestDevice } from '../support/gpu.ts'
import { isLong, sampled } from '../support/sampled.ts'
import { uniform } from '../support/values.ts'

const WORKGROUP_ARRAY = /var<workgroup>\s+(\w+)\s*:\s*array<(f32|vec2f|vec4f),\s*(.+)>;/g
const ENTRY = /@compute[^{]*\{/

const filled = new Set<string>()

/** A module in which arrays of workgroup memory begin with what is not a number. */
function overwritten(code: string): string {
  const loops = [...code.matchAll(WORKGROUP_ARRAY)].map(([, name = '', type, length]) => {
    filled.add(name)
    return `for (var i = 0u; i < ${length}; i++) { ${name}[i] = ${type}(nan); }`
  })
  return code.replace(
    ENTRY,
    (entry) => `${entry}
    { var bits = 0x7fc00000u; let nan = bitcast<f32>(bits); ${loops.join(' ')} }
    workgroupBarrier();`,
  )
}

const device = await requestTestDevice({})
const createShaderModule = device.createShaderModule.bind(device)
device.createShaderModule = (descriptor) =>
  createShaderModule({ ...descriptor, code: overwritten(descriptor.code) })

const recurrent = {
  LSTM: (units: number) => recurra.LSTM(units),
  GRU: (units: number) => recurra.GRU(units),
  'GRU with the reset gate before the product': (units: number) => recurra.GRU(units, { resetAfter: false }),
  SimpleRNN: (units: number) => recurra.SimpleRNN(units),
}
/** The cell with the most kernels of its own. */
const inEveryRun = Object.entries(recurrent).filter(([name]) => isLong || name.includes('before'))

/** Every so-many-th strategy. */
const EACH = isLong ? 1 : 2

/** Units whose tiles and vectors end early, and those that fill them. */
const UNITS = isLong ? [3, 8] : [3]

test.each(inEveryRun)('%s, by every strategy', async (_name, layer) => {
  for (const units of UNITS) {
    const model = recurra.Sequential([recurra.Input([4, 2]), layer(units), recurra.Dense(1)])
    model.compile({ loss: 'mse', optimizer: 'sgd' })
    const [x, y] = [uniform([5, 4, 2], -1, 1, 1), uniform([5, 1], -1, 1, 2)]
    await recurra.setBackend('cpu')
    const bytes = await model.save()
    const expected = await model.gradients(x, y)
    let most = 1
    for (let round = 0; EACH * round < most; round++) {
      await recurra.setBackend('webgpu', {
        device,
        strategies({ strategies }) {
          most = Math.max(most, strategies.length)
          return strategies[(EACH * round) % strategies.length] ?? ''
        },
      })
      const loaded = await recurra.loadModel(bytes)
      const gradients = await loaded.gradients(x, y)
      for (const [path, { data }] of Object.entries(expected))
        expectClose(`${path}, round ${round}`, gradients[path]?.data ?? [], data, 1e-5, 0.01)
      loaded.dispose()
    }
    expect(most).toBeGreaterThan(3)
  }
  expect(filled.size).toBeGreaterThan(0)
})

const layers = layerModels(recurra)

test.each(sampled([...layers.keys()], 48))('%s', async (name) => {
  const model = layers.get(name)
  if (!model) throw new TypeError(name)
  await checkLayerModel(recurra, model, device)
})
