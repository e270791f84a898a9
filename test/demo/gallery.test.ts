/**
 * Every entry of the demo on WebGPU: its first steps lead where those on the CPU lead. test/browser/gallery.spec.ts trains each
 * to its end on the CPU, gallery.long.spec.ts on WebGPU.
 */
import { readFile } from 'node:fs/promises'
import { clearSession, setSeed, type Tensor, tensor } from 'recurra'
import { expect, test } from 'vitest'
import { fitOptions } from '../../demo/fitting.ts'
import { groups, type Problem } from '../../demo/problem.ts'
import { problems } from '../../demo/problems/index.ts'
import { chooseBackend } from '../support/backends.ts'
import { relativeDifference } from '../support/relativeDifference.ts'

/** Whole batches that an entry trains on here. */
const STEPS = 2

const firstRows = ({ data, shape: [all = 0, ...rest] }: Tensor, most: number): Tensor => {
  const rows = Math.min(all, most)
  return tensor(data.subarray(0, (rows * data.length) / all), [rows, ...rest])
}

/** The loss of the first steps, and what the model then predicts. */
async function train(problem: Problem): Promise<{ loss: number[]; predicted: Float32Array }> {
  const task = await problem.load((url) => readFile(url, 'utf8'))
  const [x, y] = [task.x, task.y].map((all) => firstRows(all, STEPS * problem.batchSize)) as [Tensor, Tensor]
  clearSession()
  setSeed(problem.seed)
  const model = problem.createModel()
  setSeed(problem.seed)
  const { history } = await model.fit(x, y, { ...fitOptions(problem, model), epochs: 1, verbose: 0 })
  const { data } = await model.predict(x, { batchSize: problem.batchSize })
  model.dispose()
  return { loss: history.loss ?? [], predicted: data }
}

test.each(problems.map((problem) => [problem.name, problem] as const))('%s', async (_name, problem) => {
  await chooseBackend('cpu')
  const expected = await train(problem)
  await chooseBackend('webgpu')
  const found = await train(problem)
  expect(relativeDifference(found.loss, expected.loss)).toBeLessThan(1e-5)
  expect(relativeDifference(found.predicted, expected.predicted)).toBeLessThan(1e-4)
})

test('names are unique and every heading has entries', () => {
  expect(new Set(problems.map(({ name }) => name)).size).toBe(problems.length)
  expect(new Set(problems.map(({ group }) => group))).toEqual(new Set(groups))
})
