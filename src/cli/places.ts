// Places that files are written to.

import { mkdir, open, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pid } from 'node:process'
import { fail } from '../errors.ts'

/**
 * Throws if a file cannot be written, before what it is to hold is computed. Folders are made.
 *
 * @throws {RecurraError} with the system's reason.
 */
export async function checkPlace(path: string): Promise<void> {
  const found = await stat(path).catch(() => null)
  if (found?.isDirectory())
    fail(path, { expected: 'the name of a file', got: 'a folder', remedy: 'Say a name in it.' })
  // Files are written beside their place and then moved there, which a file that is there does not tell of.
  const beside = `${path}.${pid}.part`
  try {
    await mkdir(dirname(path), { recursive: true })
    await (await open(beside, 'w')).close()
    await rm(beside)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const isFile = code === 'EEXIST' || code === 'ENOTDIR'
    // The system's message ends with the call and its path.
    const got = isFile
      ? `a file in the place of the folder ${dirname(path)}`
      : message.replace(/, \w+ '.*$/s, '')
    fail(path, { expected: 'a place that can be written to', got })
  }
}
