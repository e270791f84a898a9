/**
 * Files of Keras's older HDF5 format: models that Keras 3 saved as model.h5 beside its model.keras predict and train as those do, and
 * weights alone.
 */
import { existsSync, readFileSync } from 'node:fs'
import { describe, test } from 'vitest'
import * as recurra from '../../src/node.ts'
import { checkCase } from '../support/checkCase.ts'
import { goldenCase, goldenNames } from '../support/golden.ts'
import { requestTestDevice } from '../support/gpu.ts'

const { setBackend } = recurra
const folder = new URL('../golden/', import.meta.url)
const fileOf = (name: string): URL => new URL(`${name}/model.h5`, folder)
const names = goldenNames.filter((name) => existsSync(fileOf(name)))

/** The package, with Keras's older file in place of a case's model.keras. */
const withOlder = (name: string): typeof recurra => ({
  ...recurra,
  loadModel: (source, options) => {
    const isModel = Buffer.from(goldenCase(name).modelBytes).equals(source as Uint8Array)
    return recurra.loadModel(isModel ? readFileSync(fileOf(name)) : source, options)
  },
})

describe('a model.h5 of Keras 3 predicts and trains as its model.keras', () => {
  test.each(names)('%s', async (name) => {
    await setBackend('cpu')
    await checkCase(withOlder(name), name)
  })

  test('on WebGPU', async () => {
    await setBackend('webgpu', { device: await requestTestDevice() })
    await checkCase(withOlder('bidirectional'), 'bidirectional')
  })
})
