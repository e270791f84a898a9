/** Commands in the documents are commands that there are: scripts of package.json, and `npx recurra` with options that it knows. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { EXIT, runCommand } from '../../src/cli/program.ts'
import { blocks, filesOf } from '../support/documents.ts'

const { scripts }: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync('package.json', 'utf8'),
)
/** What npm does without a script of the package. */
const NPM = ['install', 'ci', 'init', 'create', 'uninstall', 'view', 'pack']

const lines = blocks
  .filter(({ language }) => language === 'sh')
  .flatMap(({ place, code, path }) =>
    code
      .split('\n')
      .map((line) => line.replace(/\s+#.*/, '').trim())
      .filter((line) => line !== '')
      .map((line) => ({ name: `${place}: ${line}`, line, path })),
  )

const folder = mkdtempSync(join(tmpdir(), 'recurra-commands-'))
const root = process.cwd()
afterAll(() => {
  process.chdir(root)
  rmSync(folder, { recursive: true })
})

test.each(lines.map(({ name, ...line }) => [name, line] as const))('%s', async (_name, { line, path }) => {
  const [command = '', ...words] = line.split(' ')
  if (command === 'npm') {
    const [verb = '', script = ''] = words
    // A project that was made a line before has a server of its own.
    const isElsewhere = path === 'docs/first-model.md' && script === 'dev'
    const name = verb === 'run' ? script : verb
    expect(isElsewhere || NPM.includes(name) || Object.hasOwn(scripts, name)).toBe(true)
  } else if (command === 'npx') {
    const [program, ...given] = words
    // A program of somebody else, which test/outside runs.
    if (program === 'playwright') return expect(given).toEqual(['test'])
    expect(program).toBe('recurra')
    const said: string[] = []
    const terminal = { print: (text: string) => said.push(text), note: (text: string) => said.push(text) }
    process.chdir(folder)
    // Its files are not there: a command that is understood says so.
    expect([await runCommand(given, terminal, '0.0.0'), said]).not.toEqual([EXIT.usage, said])
  } else if (command === 'node') {
    expect(words[0] === '-e' || filesOf(path).some(({ file }) => file === words[0])).toBe(true)
  } else expect(['mkdir', 'cd']).toContain(command)
})
