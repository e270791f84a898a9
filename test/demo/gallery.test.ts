/** Every entry of the demo, trained to its end on the CPU, reaches the quality that it declares. */
import { readFile } from 'node:fs/promises'
import { clearSession, setBackend, setSeed } from 'recurra'
import { beforeAll, expect, test } from 'vitest'
import { fitOptions, predict } from '../../demo/fitting.ts'
import { groups, isReached } from '../../demo/problem.ts'
import { problems } from '../../demo/problems/index.ts'

/** Milliseconds for one entry, on a machine with other work to do. */
const LIMIT = 120_000

beforeAll(async () => {
  await setBackend('cpu')
})

test.each(problems.map((problem) => [problem.name, problem] as const))(
  '%s',
  async (_name, problem) => {
    const task = await problem.load((url) => readFile(url, 'utf8'))
    clearSession()
    setSeed(problem.seed)
    const model = problem.createModel()
    setSeed(problem.seed)
    const { epochs, quality } = problem
    await model.fit(task.x, task.y, { ...fitOptions(problem, model), epochs, verbose: 0 })
    const reached = task.score(task.decode(await predict(problem, model, task))).quality
    expect(
      isReached(quality, reached),
      `${quality.measure}: ${reached}, ${quality.better} ${quality.bound}`,
    ).toBe(true)
    model.dispose()
  },
  LIMIT,
)

test('names are unique and every heading has entries', () => {
  expect(new Set(problems.map(({ name }) => name)).size).toBe(problems.length)
  expect(new Set(problems.map(({ group }) => group))).toEqual(new Set(groups))
})
