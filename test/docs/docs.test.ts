/** Each block of TypeScript in docs/ is a program: it compiles, runs, and prints what stands behind its console.log. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { clearSession, setBackend } from '../../src/index.ts'
import { LanguageService } from '../support/languageService.ts'

const blocks = readdirSync('docs')
  .filter((name) => name.endsWith('.md'))
  .flatMap((name) =>
    [...readFileSync(join('docs', name), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map(
      ([, code = ''], i) => [`${name}, block ${i + 1}`, code] as const,
    ),
  )

let service: LanguageService
let folder: string
beforeAll(async () => {
  mkdirSync('test/artifacts', { recursive: true })
  folder = mkdtempSync('test/artifacts/docs-')
  service = await LanguageService.start()
  await setBackend('cpu')
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await service.stop()
})

test('there are blocks', () => expect(blocks.length).toBeGreaterThan(5))

test.each(blocks)('%s', async (name, code) => {
  const file = `${name.replaceAll(/\W+/g, '-')}.ts`
  // The compiler is told of a file among those of its project, which is not there.
  service.open(join('test/docs', file), code)
  expect(await service.problems(join('test/docs', file))).toEqual([])

  const printed: string[] = []
  const log = vi.spyOn(console, 'log').mockImplementation((...values: unknown[]) => {
    printed.push(values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' '))
  })
  clearSession()
  writeFileSync(join(folder, file), code)
  try {
    await import(/* @vite-ignore */ join(process.cwd(), folder, file))
  } finally {
    log.mockRestore()
  }
  const said = [...code.matchAll(/^ *console\.log\(.*\) \/\/ (.*)$/gm)].map(([, text]) => text)
  expect(printed.map((text) => text.replaceAll(/\s+/g, ' '))).toEqual(said)
})
