/**
 * Projects of those who install the package: a folder of files beside this one, with the packed package unpacked into its node_modules.
 */
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { env, execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePort } from '../support/freePort.mjs'
import { packPackage } from '../support/packPackage.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
const artifacts = fileURLToPath(new URL('artifacts', import.meta.url))

/** As somebody's shell has it: no driver is named, and no runner of tests. */
const shell = Object.fromEntries(
  Object.entries(env).filter(
    ([name]) => !/^(LD_LIBRARY_PATH|VK_\w+|VITEST\w*|NODE_TEST_CONTEXT|NODE_OPTIONS)$/.test(name),
  ),
)
// Where the environment brings a driver of its own, that is what the shell has.
const plainEnv = env.FAST_ADAPTER === '1' ? env : { ...shell, RECURRA_GPU: 'software' }

/** What a program printed, and its exit code. */
export interface Ended {
  readonly output: string
  readonly code: number
}

export class ExamplesProject {
  private constructor(readonly folder: string) {}

  /** @param name Of the folder whose files it consists of. */
  static async install(
    name: 'examples' | 'firstModel' | 'frameworks' = 'examples',
  ): Promise<ExamplesProject> {
    const { archive } = await packPackage()
    mkdirSync(artifacts, { recursive: true })
    // Below test/outside and below the root, so that it has the packages of both.
    const folder = mkdtempSync(join(artifacts, `${name}-`))
    cpSync(new URL(name, import.meta.url), folder, { recursive: true })
    const installed = join(folder, 'node_modules/recurra')
    mkdirSync(installed, { recursive: true })
    await run('tar', ['-xzf', archive, '-C', installed, '--strip-components', '1'])
    return new ExamplesProject(folder)
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Runs Node in the project. */
  node(args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return this.run(execPath, args, variables)
  }

  /** Runs the program of a package of the root. */
  tool(path: string, args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return this.node([join(root, 'node_modules', path), ...args], variables)
  }

  /** Builds pages, and tests those that `pattern` names. */
  async testPages(pages: readonly string[], pattern: string): Promise<Ended> {
    const built = await this.node(['build.mjs', ...pages])
    if (built.code !== 0) return built
    const args = ['test', '--reporter=line', '--grep', pattern]
    return this.tool('@playwright/test/cli.js', args, { PORT: String(await freePort()) })
  }

  async run(file: string, args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<Ended> {
    const options = { cwd: this.folder, env: { ...plainEnv, ...variables, NO_COLOR: '1' } }
    try {
      const { stdout, stderr } = await run(file, args, options)
      return { output: stdout + stderr, code: 0 }
    } catch (error) {
      const { stdout = '', stderr = '', code } = error as Partial<Ended & { stdout: string; stderr: string }>
      if (typeof code !== 'number') throw error
      return { output: stdout + stderr, code }
    }
  }
}
