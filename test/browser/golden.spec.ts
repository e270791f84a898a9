/** Golden cases in a page: the package as a browser loads it, on Chromium's WebGPU, against Keras's numbers. */
import { fileURLToPath } from 'node:url'
import { expect } from '@playwright/test'
import { type GoldenCase, goldenCase } from '../support/golden.ts'
import { relativeDifference } from '../support/relativeDifference.ts'
import { test } from './cleanPage.ts'

/** What goes to the page: plain numbers. */
interface PageCase {
  readonly entry: string
  readonly model: number[]
  readonly x: readonly PlainArray[]
  readonly y: readonly PlainArray[]
  readonly batchSize: number
  readonly epochs: number
}

interface PlainArray {
  readonly data: number[]
  readonly shape: number[]
}

const plain = ({ data, shape }: GoldenCase['x'][number]): PlainArray => ({ data: [...data], shape })
// The demo's server also serves the files of the project.
const entry = `/@fs${fileURLToPath(new URL('recurra.ts', import.meta.url))}`

/** Runs in the page. */
async function train({ entry: url, model: bytes, x, y, batchSize, epochs }: PageCase) {
  const recurra: typeof import('../../src/index.ts') = await import(url)
  const { backend } = await recurra.setBackend('webgpu')
  const model = await recurra.loadModel(Uint8Array.from(bytes))
  const [inputs, targets] = [x, y].map((arrays) =>
    arrays.map(({ data, shape }) => recurra.tensor(data, shape)),
  )
  const firstRows = (arrays: readonly PlainArray[]) =>
    arrays.map(({ data, shape: [rows = 1, ...rest] }) =>
      recurra.tensor(data.slice(0, (batchSize * data.length) / rows), [batchSize, ...rest]),
    )
  const before = await model.predict(inputs ?? [])
  const gradients = await model.gradients(firstRows(x), firstRows(y))
  const options = { batchSize, epochs, shuffle: false, verbose: 0 } as const
  const { history } = await model.fit(inputs ?? [], targets ?? [], options)
  const after = await model.predict(inputs ?? [])
  model.dispose()
  return {
    backend,
    before: [...before.data],
    after: [...after.data],
    gradients: Object.entries(gradients).map(([path, { data }]) => ({ path, data: [...data] })),
    loss: history.loss ?? [],
  }
}

for (const name of ['vanilla', 'stacked', 'seq2seq_states']) {
  test(name, async ({ emptyPage: page }) => {
    const golden = goldenCase(name)
    const { fit, history } = golden.case
    if (!fit || !history) throw new Error(`expected ${name} to be trained`)
    const result = await page.evaluate(train, {
      entry,
      model: [...golden.modelBytes],
      x: golden.x.map(plain),
      y: golden.y.map(plain),
      batchSize: fit.batch_size,
      epochs: fit.epochs,
    })
    expect(result.backend).toBe('webgpu')
    // The tolerances of test/support/checkCase.ts.
    expect(relativeDifference(result.before, golden.predict0[0]?.data ?? [])).toBeLessThan(5e-6)
    for (const { path, data } of result.gradients) {
      expect(relativeDifference(data, golden.gradients.get(path)?.data ?? []), path).toBeLessThan(5e-6)
    }
    expect(result.gradients).toHaveLength(golden.gradients.size)
    expect(relativeDifference(result.loss, history.loss ?? [])).toBeLessThan(2e-5)
    expect(relativeDifference(result.after, golden.predict1[0]?.data ?? [])).toBeLessThan(1e-4)
  })
}
