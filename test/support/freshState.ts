/**
 * Each test file begins as in a fresh process, though files share workers: no layer has a name yet, policies are the defaults, and
 * nothing is recorded, and paths are those of the disk.
 */
import { beforeAll } from 'vitest'
import { clearSession, config } from '../../src/index.ts'
import { endMemoryFiles } from './memoryFiles.ts'
import { endRecordings } from './recordDevice.ts'

const freshen = (): void => {
  clearSession()
  config.setDtypePolicy('float32')
  config.setImageDataFormat('channels_last')
}

endRecordings()
endMemoryFiles()
// What a file makes as it is imported has the names of a fresh process, and so has what its tests make.
freshen()
beforeAll(freshen)
