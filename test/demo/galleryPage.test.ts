/** docs/gallery.md's table: a row for every entry, with its bound, and a quality within it on both backends. */
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { isReached } from '../../demo/problem.ts'
import { problems } from '../../demo/problems/index.ts'

interface Row {
  readonly name: string
  readonly aim: string
  readonly reached: readonly number[]
  readonly ticks: readonly string[]
}

/** `| vanilla | \`vanilla\` | a ramp | < 0.01 | 0.0045 / 0.0045 | ✓ | ✓ |` and the like. */
async function readRows(): Promise<Row[]> {
  const text = await readFile(new URL('../../docs/gallery.md', import.meta.url), 'utf8')
  const lines = text.split('\n').filter((line) => line.startsWith('| '))
  return lines.slice(1).flatMap((line) => {
    const [, , name = '', , aim = '', reached = '', ...ticks] = line.split('|').map((cell) => cell.trim())
    if (!name.startsWith('`')) return []
    return [
      {
        name: name.replaceAll('`', ''),
        aim,
        reached: reached.split('/').map(Number),
        ticks: ticks.slice(0, 2),
      },
    ]
  })
}

test('every entry has a row, and every row an entry', async () => {
  const names = (await readRows()).map(({ name }) => name)
  expect([...names].sort()).toEqual(problems.map(({ name }) => name).sort())
})

test.each(problems.map((problem) => [problem.name, problem] as const))('%s', async (name, { quality }) => {
  const row = (await readRows()).find((row) => row.name === name)
  expect(row?.aim).toBe(`${quality.better === 'below' ? '<' : '>'} ${quality.bound}`)
  expect(row?.reached).toHaveLength(2)
  for (const value of row?.reached ?? []) expect(isReached(quality, value)).toBe(true)
  expect(row?.ticks).toEqual(['✓', '✓'])
})
