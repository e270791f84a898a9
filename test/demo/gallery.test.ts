/**
 * Entries of the demo on WebGPU, in every run some of them: their first steps lead where those on the CPU lead.
 * test/browser/gallery.spec.ts trains entries to their end on the CPU, gallery.long.spec.ts on WebGPU, and trials.long.test.ts the
 * one that takes longest for a few epochs.
 */
import { readFile } from 'node:fs/promises'
import { clearSession, setSeed } from 'recurra'
import { expect, test } from 'vitest'
import { fitOptions } from '../../demo/fitting.ts'
import { groups, type Problem } from '../../demo/problem.ts'
import { problems } from '../../demo/problems/index.ts'
import { chooseBackend } from '../support/backends.ts'
import { firstRows } from '../support/firstRows.ts'
import { relativeDifference } from '../support/relativeDifference.ts'
import { sampled } from '../support/sampled.ts'

/** Whole batches that an entry trains on here. */
const STEPS = 2

/** The loss of the first steps, and what the model then predicts. */
async function train(problem: Problem): Promise<{ loss: number[]; predicted: Float32Array }> {
  const task = await problem.load((url) => readFile(url, 'utf8'))
  const x = firstRows(task.x, STEPS * problem.batchSize)
  const y = firstRows(task.y, STEPS * problem.batchSize)
  clearSession()
  setSeed(problem.seed)
  const model = problem.createModel()
  setSeed(problem.seed)
  const { history } = await model.fit(x, y, { ...fitOptions(problem, model), epochs: 1, verbose: 0 })
  const { data } = await model.predict(x, { batchSize: problem.batchSize })
  model.dispose()
  return { loss: history.loss ?? [], predicted: data }
}

test.each(sampled(problems, 20).map((problem) => [problem.name, problem] as const))(
  '%s',
  async (_name, problem) => {
    await chooseBackend('cpu')
    const expected = await train(problem)
    await chooseBackend('webgpu')
    const found = await train(problem)
    expect(relativeDifference(found.loss, expected.loss)).toBeLessThan(1e-5)
    expect(relativeDifference(found.predicted, expected.predicted)).toBeLessThan(1e-4)
  },
)

test('names are unique and every heading has entries', () => {
  expect(new Set(problems.map(({ name }) => name)).size).toBe(problems.length)
  expect(new Set(problems.map(({ group }) => group))).toEqual(new Set(groups))
})
