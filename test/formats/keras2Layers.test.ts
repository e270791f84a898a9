/** Options of all layers of Keras 2, as its files have them (keras2/README.md): those that nothing depends on stop no file. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'fflate'
import { beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../src/formats/config/json.ts'
import { layerFromConfig } from '../../src/formats/config/layerConfig.ts'
import { loadLayersOf } from '../../src/formats/config/layersByName.ts'
import { configOfOlder } from '../../src/formats/keras/olderConfig.ts'
import { configOfLayer } from '../../src/formats/layerConfigWriter.ts'
import { setBackend } from '../../src/index.ts'

const file = new URL('keras2/layers.json.gz', import.meta.url)
const written: Readonly<Record<string, JsonObject>> = JSON.parse(
  new TextDecoder().decode(gunzipSync(readFileSync(file))),
)

/** The layer of a config of Keras 2, as Keras 3 would write it. */
async function layerOf(className: string, config: JsonObject) {
  const today = configOfOlder({ class_name: className, config }, 'the test')
  await loadLayersOf(today, 'the test')
  return configOfLayer(layerFromConfig(today, 'the test'))
}

beforeAll(() => setBackend('cpu'))

test.each(Object.entries(written))('%s', async (className, config) => {
  const { config: read } = await layerOf(className, config)
  expect(read.name).toBe('layer')
  for (const [key, value] of Object.entries(config)) {
    // Keras 3 has a list of both ends where one number stood, and of all axes.
    const last = [read[key] as JsonObject[string]].flat(9).at(-1)
    if (typeof value === 'number' && key in read) expect(last, key).toBe(value)
  }
})

test('layers that have another name today, and options that some had without a use', async () => {
  expect(await layerOf('ThresholdedReLU', { name: 'a', theta: 0.5 })).toMatchObject({
    class_name: 'ReLU',
    config: { threshold: 0.5, negative_slope: 0, max_value: null },
  })
  expect((await layerOf('SyncBatchNormalization', { name: 'a' })).class_name).toBe('BatchNormalization')
  const grouped = { name: 'a', filters: 4, kernel_size: [3], groups: 2 }
  expect((await layerOf('Conv1D', grouped)).config.groups).toBe(2)
})
