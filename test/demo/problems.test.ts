/**
 * The demo's problems: the lines that the page shows are those that it runs, and a training in one piece ends where a
 * training in parts does, so that the page and the terminal show the same numbers.
 */
import { readFile } from 'node:fs/promises'
import * as recurra from 'recurra'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Problem, Task } from '../../demo/problem.ts'
import { type Programs, rowsOf } from '../../demo/problem.ts'
import { problems } from '../../demo/problems/index.ts'
import { programsOf } from '../../demo/problems/listing.ts'
import { LINE_WIDTH } from '../../demo/problems/wrapLines.ts'
import { firstRows } from '../support/firstRows.ts'
import { sampled } from '../support/sampled.ts'

const { clearSession, setBackend, setSeed } = recurra

/** Whole batches of a task that are trained on here, and half of one more. */
const BATCHES = 3

const load = (problem: Problem): Promise<Task> => problem.load((url) => readFile(url, 'utf8'))

/** The first samples of a task, which do not fill their last batch unless states go from batch to batch. */
async function loadFew(problem: Problem): Promise<Task> {
  const task = await load(problem)
  const { batchSize, isStateful } = problem
  const few = BATCHES * batchSize + (isStateful ? 0 : batchSize >> 1)
  return { ...task, x: firstRows(task.x, few), y: firstRows(task.y, few) }
}

function start(problem: Problem): recurra.LayersModel {
  clearSession()
  setSeed(problem.seed)
  const model = problem.createModel()
  setSeed(problem.seed)
  return model
}

/** Runs the lines shown, with `fit` cut short; returns the model they make. */
async function runLines(
  problem: Problem,
  { x, y }: Task,
  { typescript }: Programs,
): Promise<recurra.LayersModel> {
  clearSession()
  setSeed(problem.seed)
  const lines = typescript
    .replace(/^import [\s\S]*? from 'recurra'$/m, '')
    .replace(/epochs: \d+/, 'epochs: 1, verbose: 0')
    .replace(/const (x|y) = .*\n/g, '')
  const names = [...Object.keys(recurra), 'x', 'y', 'lastTwelve']
  const run = new Function(...names, `return (async () => {${lines}\nreturn model})()`)
  return run(...Object.values(recurra), x, y, x) as Promise<recurra.LayersModel>
}

const summaryOf = (model: recurra.LayersModel): string => {
  let text = ''
  model.summary({
    printFn: (summary) => {
      text = summary
    },
  })
  return text
}

beforeAll(async () => {
  await setBackend('cpu')
})

describe.each(sampled(problems, 12).map((problem) => [problem.name, problem] as const))(
  '%s',
  (_name, problem) => {
    test('the lines shown make the model that is trained', async () => {
      const trained = start(problem)
      const programs = await programsOf(problem, trained)
      const shown = await runLines(problem, await loadFew(problem), programs)
      trained.buildOptimizer()
      expect(summaryOf(shown)).toBe(summaryOf(trained))
      const given = ({ optimizer }: recurra.LayersModel) => optimizer?.config
      expect(given(shown)).toEqual(given(trained))
      expect(programs.typescript).toContain(`epochs: ${problem.epochs}, batchSize: ${problem.batchSize}`)
      const wide = Object.values<string>({ ...programs }).flatMap((code) =>
        code.split('\n').filter((line) => line.length > LINE_WIDTH),
      )
      expect(wide).toEqual([])
      expect(programs.keras).toContain(`epochs=${problem.epochs}, batch_size=${problem.batchSize}`)
    })

    test('parts of a training end where the whole does', async () => {
      const { x, y } = await loadFew(problem)
      const { batchSize } = problem
      const whole = start(problem)
      await whole.fit(x, y, { batchSize, epochs: 3, verbose: 0 })
      const parts = start(problem)
      await parts.fit(x, y, { batchSize, epochs: 2, verbose: 0 })
      setSeed(problem.seed)
      await parts.fit(x, y, { batchSize, initialEpoch: 2, epochs: 3, verbose: 0 })
      expect((await parts.predict(x)).data).toEqual((await whole.predict(x)).data)
    })

    test('there is a row for every prediction to show', async () => {
      const task = await load(problem)
      const model = start(problem)
      const predictions = task.decode(await model.predict(task.inputs))
      expect(predictions).toHaveLength(task.truth.values.length - task.truth.predictedFrom)
      const { heldOutFrom, predictedFrom, values, positions, digits, formatPosition, formatValue } =
        task.truth
      const rows = rowsOf(task, predictions)
      expect(rows).toHaveLength(values.length - (heldOutFrom ?? predictedFrom))
      expect(rows.at(-1)?.position).toBe(formatPosition(positions.at(-1) ?? Number.NaN))
      const last = predictions.at(-1) ?? Number.NaN
      expect(rows.at(-1)?.prediction).toBe(formatValue?.(last) ?? last.toFixed(digits[1]))
    })
  },
)
