/** Objects of another frame of a page, or of the context that Jest runs a test in, and objects of another copy of the package. */
import { readdirSync, readFileSync } from 'node:fs'
import { createContext, runInContext } from 'node:vm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as recurra from '../../src/index.ts'
import { buildPackage } from '../support/buildPackage.ts'
import { expectError, untyped } from '../support/expectError.ts'

const { Bidirectional, Dense, Input, loadModel, RNN, Sequential, setBackend, tensor } = recurra

beforeAll(() => setBackend('cpu'))

/** A value of a realm that has nothing of this one but what is given. */
const abroad = <T>(code: string, given: object = {}): T => runInContext(code, createContext(given)) as T

function compiled(): recurra.SequentialModel {
  const model = Sequential([Dense(1, { inputShape: [2], kernelInitializer: 'ones' })])
  model.compile({ loss: 'mse', optimizer: { className: 'SGD', config: { learningRate: 0.1 } } })
  return model
}

test('data, options and files of another realm are taken', async () => {
  const model = compiled()
  const x = abroad<Float32Array>('new Float32Array([1, 2])')
  expect(x).not.toBeInstanceOf(Float32Array)
  expect(tensor(x, abroad('[1, 2]')).toArray()).toEqual([[1, 2]])
  expect((await model.predict([x])).toArray()).toEqual([[3]])
  const options = abroad<object>('({ verbose: 0, classWeight: new Map([[3, 1]]) })')
  const { history } = await model.fit([x], abroad<readonly number[]>('[3]'), options)
  expect(history.loss).toEqual([0])
  model.compile(abroad('({ loss: { className: "MeanAbsoluteError" }, optimizer: "sgd" })'))
  expect((await model.fit([x], [3], { verbose: 0 })).history.loss).toEqual([0])
  for (const type of ['ArrayBuffer', 'Uint8Array']) {
    const bytes = abroad<ArrayBuffer>(
      `const copy = new Uint8Array(bytes); ${type === 'Uint8Array' ? 'copy' : 'copy.buffer'}`,
      { bytes: await model.save() },
    )
    expect((await (await loadModel(bytes)).predict([x])).toArray()).toEqual([[3]])
    await model.loadWeights(bytes)
  }
  await expect(model.fit([x], abroad<number[]>('Promise.resolve([3])'))).rejects.toThrow('is not awaited')
})

test('nothing asks by instanceof for a class of the platform that a user may hand over, or the platform throw', () => {
  const classes =
    'ArrayBuffer|Blob|File|Response|URL|Map|Set|Promise|Object|Array|Error|DOMException|AbortSignal'
  // In a command, an ejected page and a test there is one realm. The entries of pickles and dicts of Python are made here.
  const own = /^(player|testing|cli)\/|^datasets\/cifar|^formats\/numpy\/|^python\//
  const found = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /(?<!\.gen)\.ts$/.test(path) && !own.test(path))
    .filter((path) => new RegExp(`instanceof (${classes})\\b`).test(readFileSync(`src/${path}`, 'utf8')))
  expect(found).toEqual([])
})

test('objects of another copy of the package are told as such', async () => {
  const { dist, remove } = await buildPackage()
  afterAll(remove)
  const other = (await import(/* @vite-ignore */ `${dist}/node/index.js`)) as typeof recurra
  const cases: readonly (readonly [attempt: () => unknown, message: string])[] = [
    [
      () => Sequential([other.Dense(1, { name: 'a' })]),
      'Model "sequential".add: expected a layer, such as LSTM(8), got Dense "a" of another copy of Recurra.',
    ],
    [
      () => Bidirectional(untyped(other.LSTM(1, { name: 'a' }))),
      'Bidirectional: expected a layer, such as LSTM(8), got LSTM "a" of another copy of Recurra.',
    ],
    [
      () => RNN(untyped(other.LSTMCell(1, { name: 'a' }))),
      'RNN: expected a cell, such as LSTMCell(8), or a list of cells, got LSTMCell "a" of another copy of Recurra.',
    ],
    [
      () => Dense(1)(other.Input([2])),
      'Dense "dense": expected symbolic tensors or data, got SymbolicTensor [null, 2] of another copy of Recurra. Call a layer on Input(...) or on what another layer returned.',
    ],
    [
      () => Bidirectional(untyped(recurra.LSTM)),
      'Bidirectional: expected a layer, such as LSTM(8), got function LSTM. Give an object of LSTM, not the class.',
    ],
  ]
  for (const [attempt, message] of cases) await expectError(attempt, message)
  expect(() => recurra.ops.add(Input([2]), other.Input([2]))).toThrow('of another copy of Recurra')
  // Numbers and options are what they are.
  expect((await compiled().predict(other.tensor([[1, 2]]))).toArray()).toEqual([[3]])
  const model = compiled()
  model.compile({ loss: other.MeanSquaredError(), optimizer: other.SGD(0.1) })
  expect((await model.fit([[1, 2]], [3], { verbose: 0 })).history.loss).toEqual([0])
})
