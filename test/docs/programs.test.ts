/**
 * Every block of TypeScript and JavaScript in the documents is a program, or goes on with the one before it: a block without an
 * import belongs to the program of the blocks above it. Each program compiles, runs, and prints what stands behind its console.log.
 * Keras code that stands before a program makes the same model. Programs that are files, `train.mjs`, are run by Node beside the other
 * files of their page, with the package as it is built. What runs in a page is run there (test/browser/docs.spec.ts).
 */
import { execFile, execSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { execPath } from 'node:process'
import { inspect, promisify } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { fromKeras, toKeras } from '../../src/formats.ts'
import { clearSession, type LayersModel, setBackend } from '../../src/index.ts'
import { buildPackage } from '../support/buildPackage.ts'
import { type Block, blocks, filesOf, isForPage, writeFiles } from '../support/documents.ts'
import { LanguageService } from '../support/languageService.ts'

interface Program {
  readonly place: string
  readonly path: string
  readonly language: string
  readonly file: string
  code: string
  /** The Keras code before it; empty where none stands there. */
  readonly python: string
}

/** Programs of other packages, which are here to be compared with, and files of the sources, which test/places.test.ts makes. */
const isElsewhere = ({ path, code }: Block): boolean =>
  /from '@tensorflow\//.test(code) || path === 'docs/adding-an-operation.md'

const programs: Program[] = []
let python = ''
for (const block of blocks) {
  const { place, path, language, file, code } = block
  if (language === 'python') python = code
  if (!/^(ts|js)$/.test(language) || isElsewhere(block)) continue
  const last = programs.at(-1)
  if (last?.path === path && file === '' && !/^import /m.test(code)) last.code += code
  else programs.push({ place, path, language, file, code, python })
  python = ''
}

let service: LanguageService
let folder: string
const root = process.cwd()
const { dist, remove } = await buildPackage()
beforeAll(async () => {
  mkdirSync('test/artifacts', { recursive: true })
  folder = mkdtempSync(join(root, 'test/artifacts/docs-'))
  service = await LanguageService.start()
  // All at once: the server reads the project anew for files that are opened after its last answer.
  for (const program of programs)
    if (program.language !== 'js') service.open(compiledAs(program), program.code)
})
afterAll(async () => {
  service.stop()
  rmSync(folder, { recursive: true })
  remove()
})

test('there are programs', () => expect(programs.length).toBeGreaterThan(30))

const nameOf = ({ place, language }: Program): string =>
  `${place.replaceAll(/\W+/g, '-')}.${language === 'js' ? 'mjs' : 'ts'}`

const compiledAs = (program: Program): string => join(root, 'test/edited', nameOf(program))

/** What the compiler finds wrong in a program of TypeScript, as a file of the project. */
async function problemsOf(program: Program): Promise<string[]> {
  return program.language === 'js' ? [] : service.problems(compiledAs(program))
}

/** Runs a file in the built package, with the files of its page beside it, and those that commands of the page write by Node. */
async function runFile({ path, file }: Program): Promise<string[]> {
  const cwd = join(dirname(dist), basename(path, '.md'))
  writeFiles(path, cwd)
  for (const { code } of blocks.filter((block) => block.path === path && block.language === 'sh'))
    for (const line of code.split('\n')) if (line.startsWith('node -e')) execSync(line, { cwd })
  const { stdout } = await promisify(execFile)(execPath, [file], { cwd })
  return stdout.trimEnd().split('\n')
}

async function run(program: Program): Promise<string[]> {
  const { code, python } = program
  const printed: string[] = []
  const log = vi.spyOn(console, 'log').mockImplementation((...values: unknown[]) => {
    printed.push(values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' '))
  })
  clearSession()
  await setBackend('cpu')
  const file = join(folder, nameOf(program))
  writeFileSync(file, python === '' ? code : `${code}export { model }\n`)
  process.chdir(folder)
  try {
    const { model } = (await import(/* @vite-ignore */ file)) as { readonly model: LayersModel }
    if (python !== '') await expectSame(model, python)
  } finally {
    process.chdir(root)
    log.mockRestore()
  }
  return printed
}

async function expectSame(model: LayersModel, python: string): Promise<void> {
  const written = await toKeras(model)
  clearSession()
  const keras = fromKeras(python)
  expect(keras.problems).toEqual([])
  expect(await toKeras(keras.model)).toBe(written)
}

test.each(programs.map((program) => [program.place, program] as const))('%s', async (_place, program) => {
  expect(await problemsOf(program)).toEqual([])
  if (program.file.startsWith('test/') && existsSync(program.file)) {
    // A file of an example project, which has tests of its own.
    expect(readFileSync(program.file, 'utf8')).toBe(program.code)
    return
  }
  // What Playwright runs, test/outside has it run.
  if (isForPage(program) || /(^playwright\.config|\.spec)\.ts$/.test(program.file)) return
  const isFile = program.file.endsWith('.mjs')
  if (program.file !== '' && !isFile) {
    const users = filesOf(program.path).filter(({ code }) => code.includes(`./${program.file}`))
    expect(users.length, `files that use ${program.file}`).toBeGreaterThan(0)
    return
  }
  const printed = (await (isFile ? runFile(program) : run(program))).map((text) =>
    text.replaceAll(/\s+/g, ' '),
  )
  const said = [...program.code.matchAll(/^ *console\.log\(.*\) \/\/ (.*)$/gm)].map(([, text]) => text)
  // Of some calls nobody can say what they print, such as a loss without a seed.
  const calls = [...program.code.matchAll(/\bconsole\.log\(|\.summary\(/g)]
  if (calls.length === said.length) expect(printed).toEqual(said)
  else expect(printed).toEqual(expect.arrayContaining(said))
  expect(printed.length).toBeGreaterThanOrEqual(calls.length)
})
