// Operations of `ops` between the layers of functional models.
import { expect, test, vi } from 'vitest'
import {
  Concatenate,
  clearSession,
  Dense,
  GlobalAveragePooling1D,
  Input,
  LSTM,
  Masking,
  Model,
  ops,
  setSeed,
} from '../../src/index.ts'
import { chooseBackend, onEachBackend } from '../support/backends.ts'
import { relativeDifference } from '../support/relativeDifference.ts'
import { uniform } from '../support/values.ts'

const x = uniform([6, 5, 3], -1, 1)
const y = uniform([6, 1], -1, 1, 2)

/** Weights after training a model with an output made of the tensors of an LSTM. */
async function trained(withOps: boolean) {
  clearSession()
  setSeed(3)
  const input = Input([5, 3])
  const [h, last] = LSTM(4, { returnSequences: true, returnState: true })(input)
  const joined = withOps
    ? ops.concatenate([ops.mean(h, 1), ops.getItem(h, [null, -1])], -1)
    : Concatenate()([GlobalAveragePooling1D()(h), last])
  const model = Model(input, Dense(1)(joined))
  model.compile({ loss: 'mse', optimizer: 'adam' })
  const { history } = await model.fit(x, y, { epochs: 3, batchSize: 4, verbose: 0 })
  const weights = await model.getWeights()
  model.dispose()
  return [...(history.loss ?? []), ...weights.flatMap(({ data }) => [...data])]
}

onEachBackend((backend) => {
  test('a model with operations trains as one with layers', async () => {
    await chooseBackend(backend)
    const [a, b] = [await trained(true), await trained(false)]
    expect(relativeDifference(a, b)).toBeLessThan(2e-6)
  })
})

test('five elementwise operations are one launch, which the summary shows by name', () => {
  clearSession()
  const input = Input([7])
  const scaled = ops.divide(ops.subtract(input, 0.5), [1, 2, 3, 4, 5, 6, 7])
  const bounded = ops.clip(ops.tanh(ops.square(scaled)), -1, 0.9)
  const model = Model(input, bounded)
  expect(model.plan({ batchSize: 4 }).kernels).toEqual(['gather', 'pointwise', 'emit'])
  let text = ''
  model.summary({
    printFn: (line: string) => {
      text += `${line}\n`
    },
  })
  expect(text).toMatch(
    /subtract \(Subtract\).*divide \(Divide\).*square \(Square\).*tanh \(Tanh\).*clip \(Clip\)/s,
  )
  expect(text).toContain('Total params: 0')
  model.dispose()
})

test('as in Keras masks end in operations without a word', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const masked = Masking()(Input([5, 3]))
  expect(ops.tanh(masked).maskAxes).toBeUndefined()
  expect(warn).not.toHaveBeenCalled()
  warn.mockRestore()
})
