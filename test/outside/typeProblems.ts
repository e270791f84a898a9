// What "Are the types wrong?" finds in an archive of the package.

import { posix } from 'node:path'
import { checkPackage, createPackageFromTarballData, type Problem } from '@arethetypeswrong/core'

/** Modules of ECMAScript are all there are: Node gives them to `require`, too, since 20.19 and 22.12. */
const isOfRequire = ({ kind }: Problem): boolean => kind === 'CJSResolvesToESM'

/** The problems of the package, and the entries that were looked at. */
export async function typeProblemsOf(
  archive: Uint8Array,
): Promise<{ readonly problems: readonly Problem[]; readonly entries: readonly string[] }> {
  const published = createPackageFromTarballData(archive)
  // Its own way goes through all files for each of many thousand questions, which is most of its time.
  const folders = new Set(published.listFiles().flatMap(foldersAround))
  published.directoryExists = (path) => folders.has(path.replace(/\/$/, ''))
  const result = await checkPackage(published)
  if (!result.types) throw new Error('expected types')
  return {
    problems: result.problems.filter((problem) => !isOfRequire(problem)),
    entries: Object.keys(result.entrypoints),
  }
}

/** The folders that a file of an absolute path is in. */
function foldersAround(file: string): string[] {
  const folder = posix.dirname(file)
  return folder === '/' ? [''] : [folder, ...foldersAround(folder)]
}
