/** What tests build of the sources, once for all processes that ask for it at a time, and again when a source changes. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))
const cache = `${root}node_modules/.cache/recurra/`

/** Milliseconds after which a build counts as broken off. */
const ABANDONED = 120_000

/**
 * The folder of what `make` writes.
 *
 * @param name Of the folder. Others that begin with it, of other sources, are removed.
 * @param sources Files and folders, by their paths in the project, on which the build depends.
 */
export async function builtOnce(
  name: string,
  sources: readonly string[],
  make: (folder: string) => Promise<void>,
): Promise<string> {
  mkdirSync(cache, { recursive: true })
  const built = `${cache}${name}-${hashOf(sources)}`
  const making = `${built}.making`
  while (!existsSync(built)) {
    if (begin(making)) {
      try {
        await make(making)
        for (const other of readdirSync(cache))
          if (other.startsWith(`${name}-`) && !making.endsWith(other))
            rmSync(cache + other, { recursive: true })
        renameSync(making, built)
      } finally {
        rmSync(making, { recursive: true, force: true })
      }
    } else await setTimeout(50)
  }
  return built
}

/** Whether this process is the one that makes it: who makes the folder first. */
function begin(folder: string): boolean {
  try {
    mkdirSync(folder)
    return true
  } catch {
    const age = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (age > ABANDONED) rmSync(folder, { recursive: true, force: true })
    return false
  }
}

function hashOf(sources: readonly string[]): string {
  const hash = createHash('sha1')
  const add = (path: string): void => {
    const found = statSync(root + path)
    if (found.isDirectory()) for (const entry of readdirSync(root + path).sort()) add(join(path, entry))
    else hash.update(path).update(readFileSync(root + path))
  }
  sources.forEach(add)
  return hash.digest('hex').slice(0, 12)
}
